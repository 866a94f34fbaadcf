"""What agents write: drafts, calls to colleagues, files."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.inboxes import ANNA, JONAS, Customer, Opening, customer, inbox, name, northwind, signed_in

__all__ = ["customer", "inbox", "northwind", "signed_in"]  # fixtures
pytestmark = pytest.mark.journey


def test_drafts_survive_a_reload_and_wait_on_every_device(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("Take your time")
    anna = inbox(ANNA).visit().open(bea.name).press("r").type("Dear Bea, I am")
    expect(anna.page.locator("[data-saved]")).to_have_text("Saved")
    expect(anna.row(bea.name)).to_contain_text("Draft")
    anna.page.reload()
    expect(anna.text).to_have_value("Dear Bea, I am")
    other = inbox(ANNA).visit().open(bea.name)
    expect(other.text).to_have_value("Dear Bea, I am")
    other.press("r").type(" looking into it")
    expect(other.page.locator("[data-saved]")).to_have_text("Saved")
    anna.press("r").type(" not sure")
    ask = anna.page.locator("[data-ask]")
    expect(ask).to_contain_text("You wrote something else elsewhere: “Dear Bea, I am looking into it”")
    anna.page.get_by_role("button", name="Use that").click()
    expect(anna.text).to_have_value("Dear Bea, I am looking into it")
    anna.press("r", "Control+Enter")
    expect(anna.part("looking into it")).to_contain_text("Sent")
    expect(anna.row(bea.name)).not_to_contain_text("Draft")
    anna.page.reload()
    expect(anna.part("looking into it")).to_be_visible()
    expect(anna.text).to_have_value("")


def test_calling_a_colleague(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("A hard one")
    anna = inbox(ANNA).visit().open(bea.name).press("n").type("ask @jona")
    expect(anna.page.get_by_role("option", name="Jonas Inbox")).to_be_visible()
    anna.press("Enter").type("please").press("Control+Enter")
    expect(anna.part("ask @Jonas Inbox please").locator(".mention")).to_have_text("@Jonas Inbox")
    jonas = inbox(JONAS).visit("/inbox/mentions/")
    expect(jonas.row(bea.name)).to_be_visible()


def test_files_go_with_a_reply(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("Could you send me the receipt?")
    anna = inbox(ANNA).visit().open(bea.name).press("r").type("Here it is")
    files = anna.page.locator("[data-files][type=file]")
    files.set_input_files({"name": "receipt.txt", "mimeType": "text/plain", "buffer": b"total 64.90"})
    expect(anna.page.locator(".chip")).to_contain_text("receipt.txt")
    expect(anna.page.locator(".chip progress")).to_have_count(0)
    anna.press("Control+Enter")
    expect(anna.part("Here it is")).to_contain_text("receipt.txt")
    expect(anna.part("Here it is")).to_contain_text("Sent")
    part = bea.wait("part", body="Here it is")["part"]
    assert [file["name"] for file in part["attachments"]] == ["receipt.txt"]
    files.set_input_files({"name": "big.txt", "mimeType": "text/plain", "buffer": b"x" * 25_000_001})
    expect(anna.page.locator("reply-composer [data-wrong]")).to_contain_text("big.txt is too large")


def test_what_was_sent_is_kept_at_once(inbox: Opening, customer: Customer) -> None:
    """Also while a draft is still being saved, and where browsers keep their better tools from plain http."""
    bea = customer(name())
    bea.begin("Are you there?")
    anna = inbox(ANNA)
    anna.page.add_init_script("Object.defineProperty(crypto, 'randomUUID', {value: undefined})")
    anna.visit().open(bea.name).press("r")
    anna.page.route("**/draft/**", lambda route: None)
    with anna.page.expect_request("**/draft/**"):
        anna.type("Right here")
    anna.press("Control+Enter")
    anna.page.reload()
    expect(anna.part("Right here")).to_contain_text("Sent")
    expect(anna.part("Right here")).to_have_count(1)
