"""Files on their way to the desk and back."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Route, expect

from tests.journeys.answering import Answering
from tests.journeys.messengers import Messenger

pytestmark = pytest.mark.journey

PASTE = """([type, name, data]) => {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0)), files = new DataTransfer();
  files.items.add(new File([bytes], name, {type: "image/png"}));
  const event = type === "paste"
    ? new ClipboardEvent("paste", {clipboardData: files, bubbles: true, cancelable: true})
    : new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true});
  document.querySelector("textarea").dispatchEvent(event);
}"""


@pytest.fixture
def picture() -> bytes:
    """A PNG of 60 by 40."""
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "#b4552d").save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_picture_becomes_part_of_a_message(messenger: Messenger, agent: Answering, picture: bytes, way: str) -> None:
    messenger.visit().open().begin()
    messenger.frame.evaluate(PASTE, [way, "cup.png", base64.b64encode(picture).decode()])
    expect(messenger.inside.locator("[data-chips] li")).to_contain_text("cup.png")
    expect(messenger.inside.locator("[data-chips] progress")).to_have_count(0)
    messenger.write(f"Look at this, by {way}")
    image = messenger.part(f"by {way}").get_by_role("img", name="cup.png")
    expect(image).to_be_visible()
    assert (image.get_attribute("width"), image.get_attribute("height")) == ("60", "40")
    expect(image).to_have_js_property("naturalWidth", 60)
    attachments = agent.open(agent.find(f"Look at this, by {way}"))[0]["attachments"]
    assert [(each["name"], each["media_type"]) for each in attachments] == [("cup.png", "image/png")]
    image.click()
    expect(messenger.inside.get_by_role("dialog", name="cup.png")).to_be_visible()
    messenger.page.keyboard.press("Escape")
    expect(messenger.inside.get_by_role("dialog")).to_have_count(0)
    expect(messenger.inside.locator("main")).to_be_visible()


def test_limits_are_said_before_choosing(messenger: Messenger) -> None:
    messenger.visit().open().begin()
    messenger.inside.get_by_role("button", name="Attach a file").click()
    menu = messenger.inside.locator("#attach")
    expect(menu).to_contain_text("Up to 10 files, 25 MB each")
    with messenger.page.expect_file_chooser() as chooser:
        menu.get_by_role("button", name="Choose files").click()
    assert chooser.value.is_multiple()


def test_a_file_too_large_is_not_even_sent(messenger: Messenger, tmp_path: Path) -> None:
    uploads: list[str] = []
    messenger.page.on("request", lambda request: uploads.append(request.url) if request.method == "POST" else None)
    with (tmp_path / "film.mp4").open("wb") as film:
        film.truncate(26_000_001)
    (tmp_path / "nothing.txt").touch()
    messenger.visit().open().begin()
    chooser = messenger.inside.locator("[data-files]")
    chooser.set_input_files(tmp_path / "film.mp4")
    expect(messenger.inside.get_by_role("alert")).to_have_text("film.mp4 is 26 MB. The limit is 25 MB.")
    chooser.set_input_files(tmp_path / "nothing.txt")
    expect(messenger.inside.get_by_role("alert")).to_have_text("nothing.txt is empty.")
    assert uploads == []


def test_a_refused_file_is_explained(messenger: Messenger) -> None:
    messenger.visit().open().begin()
    program: FilePayload = {"name": "cat.png", "mimeType": "image/png", "buffer": b"MZ" + bytes(2000)}
    messenger.inside.locator("[data-files]").set_input_files(program)
    expect(messenger.inside.get_by_role("alert")).to_contain_text("Looks like a Windows program")
    expect(messenger.inside.locator("[data-chips] li")).to_have_count(0)


def test_an_upload_that_failed_can_be_tried_again_or_dropped(messenger: Messenger, picture: bytes) -> None:
    attempts: list[str] = []

    def refuse_once(route: Route) -> None:
        attempts.append(route.request.url)
        if len(attempts) == 1:
            route.abort()
        else:
            route.continue_()

    messenger.page.route("**/files", refuse_once)
    messenger.visit().open().begin()
    chooser = messenger.inside.locator("[data-files]")
    chooser.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": picture})
    messenger.inside.get_by_role("button", name="Upload a.png again").click()
    expect(messenger.inside.get_by_role("button", name="Upload a.png again")).to_have_count(0)
    chooser.set_input_files({"name": "b.png", "mimeType": "image/png", "buffer": picture})
    messenger.inside.get_by_role("button", name="Remove b.png").click()
    expect(messenger.inside.locator("[data-chips] li")).to_have_count(1)
    expect(messenger.inside.locator("[data-chips] progress")).to_have_count(0)
    messenger.write("Only one of them")
    expect(messenger.part("Only one of them").get_by_role("img")).to_have_count(1)


def test_a_document_is_a_link_that_downloads(messenger: Messenger) -> None:
    messenger.visit().open().begin()
    receipt: FilePayload = {"name": "receipt.txt", "mimeType": "text/plain", "buffer": b"Receipt 10482\n"}
    messenger.inside.locator("[data-files]").set_input_files(receipt)
    expect(messenger.inside.locator("[data-chips] progress")).to_have_count(0)
    messenger.text.press("Enter")
    link = messenger.inside.locator("[data-log]").get_by_role("link", name="receipt.txt")
    expect(link).to_be_visible()
    with messenger.page.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes() == b"Receipt 10482\n"
