"""Uploads over HTTP: what is kept, how it lies on disk, and every refusal with its code and message."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image
from pytest_django.fixtures import Settings

from conversations.errors import Refusal
from conversations.files import images, storage
from conversations.models import Attachment
from people.models import Role
from tests.conversations import samples
from tests.conversations.desk import agent, customer
from tests.conversations.uploads import Browser, error_of, kept, new_token, signed_in, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def test_a_picture_is_kept_and_described(media: Path) -> None:
    browser = Browser()
    answer = browser.upload("receipt.png", samples.picture(size=(60, 40)))
    assert answer.status_code == 201
    row = Attachment.objects.get()
    assert answer.json() == {
        "id": str(row.pk),
        "name": "receipt.png",
        "media_type": "image/png",
        "size": row.size,
        "width": 60,
        "height": 40,
        "removed": False,
    }
    assert (row.token_hash, row.agent, row.part) == (browser.hashed, None, None)
    content = storage.blob(row.blob).read_bytes()
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (row.blob, row.size)


def test_an_agent_uploads_by_session() -> None:
    anna = agent()
    answer = signed_in(anna).post("/inbox/files", {"file": SimpleUploadedFile("a.txt", b"hello")})
    assert answer.status_code == 201
    row = Attachment.objects.get()
    assert (row.agent, row.token_hash, row.media_type, row.width) == (anna, "", "text/plain", None)


def test_an_agents_upload_needs_the_page_it_comes_from() -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(agent())
    assert client.post("/inbox/files", {"file": SimpleUploadedFile("a.txt", b"hello")}).status_code == 403
    assert not Attachment.objects.exists()
    client.cookies["parley-csrf"] = token = "a" * 32
    files = {"file": SimpleUploadedFile("a.txt", b"hello")}
    assert client.post("/inbox/files", files, headers={"X-CSRFToken": token}).status_code == 201


def test_nothing_on_disk_has_a_name_or_rights_to_abuse(media: Path) -> None:
    old = os.umask(0)
    try:
        browser = Browser()
        for name in ("x.png", "../../x.png", "x.php%00.png"):
            assert browser.upload(name, samples.picture(size=(900, 900))).status_code == 201
    finally:
        os.umask(old)
    for path in stored(media):
        assert path.suffix == ""
        assert len(path.name) == 64
        assert path.stat().st_mode & 0o777 == 0o640
    assert all(folder.stat().st_mode & 0o022 == 0 for folder in media.rglob("*") if folder.is_dir())
    assert sorted({path.parent.parent.name for path in stored(media)}) == ["blobs", "thumbnails"]


def _multipart(count: int) -> dict[str, Any]:
    return {f"file{n}": SimpleUploadedFile("a.txt", b"hello") for n in range(count)}


MB = 1_000_000
NOT_SENT = "which cannot be sent. Images, PDF, Office documents, text, CSV, audio and video can."
BAD_BASE64 = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n"
)
REFUSED: list[tuple[str, dict[str, Any], int, str, str]] = [
    ("empty", {"file": ("a.txt", b"")}, 422, "file_empty", "The file is empty."),
    (
        "25 MiB and a byte",
        {"file": ("a.txt", b"a" * (25 * 1024 * 1024 + 1))},
        413,
        "file_too_large",
        "26.2 MB; the limit is 25 MB.",
    ),
    ("one byte more", {"file": ("a.txt", b"a" * (25 * MB + 1))}, 413, "file_too_large", "25.1 MB; the limit is 25 MB."),
    (
        "program",
        {"file": ("a.png", samples.EXE)},
        415,
        "file_type_mismatch",
        "Looks like a Windows program, named .png.",
    ),
    (
        "too many pixels",
        {"file": ("a.png", samples.huge_png())},
        422,
        "image_too_large",
        "The image has too many pixels; the limit is 40 MP.",
    ),
    (
        "truncated",
        {"file": ("a.jpg", samples.picture("JPEG", size=(300, 300))[:-400])},
        422,
        "image_damaged",
        "The image is damaged. Open it, save it again, and send that.",
    ),
    (
        "svg",
        {"file": ("a.svg", samples.SVG)},
        415,
        "file_type_not_allowed",
        f"Looks like an SVG drawing, {NOT_SENT}",
    ),
    (
        "two files",
        {"file": ("a.txt", b"a"), "more": ("b.txt", b"b")},
        400,
        "too_many_files",
        "Too many files or fields; send one file at a time, in the field 'file'.",
    ),
    (
        "101 files",
        {f"f{n}": ("a.txt", b"a") for n in range(101)},
        400,
        "too_many_files",
        "Too many files or fields; send one file at a time, in the field 'file'.",
    ),
    (
        "1,001 fields",
        {f"f{n}": "x" for n in range(1001)},
        400,
        "too_many_files",
        "Too many files or fields; send one file at a time, in the field 'file'.",
    ),
    ("another field", {"picture": ("a.txt", b"a")}, 400, "missing_field", "Send the file in the field 'file'."),
    ("no file", {"file": "text"}, 400, "missing_field", "Send the file in the field 'file'."),
]


@pytest.mark.parametrize(("what", "fields", "status", "code", "message"), REFUSED, ids=[row[0] for row in REFUSED])
@pytest.mark.parametrize("who", ["messenger", "inbox"])
def test_refused(
    who: str, what: str, fields: dict[str, Any], status: int, code: str, message: str, media: Path
) -> None:
    data = {key: SimpleUploadedFile(*value) if isinstance(value, tuple) else value for key, value in fields.items()}
    answer = Browser().send(data) if who == "messenger" else signed_in(agent()).post("/inbox/files", data)
    assert error_of(answer) == (status, code, message)
    assert not Attachment.objects.exists()
    assert stored(media) == []


BODIES = [
    ("application/json", b"{}", 415, "unsupported_media_type"),
    ("text/plain", b"hello", 415, "unsupported_media_type"),
    ("multipart/form-data", b"no boundary", 400, "missing_field"),
    ("multipart/form-data; boundary=x", b"--x\r\nnonsense", 400, "missing_field"),
    ("multipart/form-data; boundary=x; charset=nope", b"--x--\r\n", 400, "missing_field"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + b"a" * 1_100_000 + b"\r\n--x--\r\n",
        400,
        "missing_field",
    ),
    ("multipart/form-data; boundary=x", BAD_BASE64, 400, "missing_field"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n',
        400,
        "missing_field",
    ),
]


@pytest.mark.parametrize(("content_type", "body", "status", "code"), BODIES)
def test_bodies_that_are_no_upload(content_type: str, body: bytes, status: int, code: str) -> None:
    answer = Browser().send(body, content_type=content_type)
    assert error_of(answer)[:2] == (status, code)


@pytest.mark.parametrize("token", ["", "short", "a" * 44, "a" * 42 + "!", "å" * 43])
def test_no_token_no_upload(token: str) -> None:
    browser = Browser()
    headers = {"Authorization": f"Bearer {token}"}
    answer = browser.upload("a.txt", b"hello", headers=headers)
    assert error_of(answer)[:2] == (401, "invalid_token")
    assert error_of(browser.upload("a.txt", b"hello", headers={}))[:2] == (401, "invalid_token")
    assert error_of(browser.upload("a.txt", b"hello", headers={"Authorization": f"Basic {browser.token}"}))[0] == 401


def test_a_session_that_ended_or_is_anothers_uploads_nothing() -> None:
    from tests.conversations.desk import NOON, touchpoint

    ended, elsewhere = Browser(), Browser()
    ended.becomes(customer(), revoked_at=NOON)
    elsewhere.becomes(customer())
    elsewhere.site = touchpoint()
    for browser in (ended, elsewhere):
        assert error_of(browser.upload("a.txt", b"hello"))[:2] == (401, "invalid_token")


def test_an_unknown_site_is_not_found_and_a_visitor_leaves_no_trace() -> None:
    from conversations.models import MessengerSession

    browser = Browser()
    assert browser.upload("a.txt", b"hello").status_code == 201
    assert not MessengerSession.objects.exists()
    browser.site.key = "nowhere"
    assert error_of(browser.upload("a.txt", b"hello"))[:2] == (404, "not_found")


def test_agents_who_are_not_signed_in_upload_nothing() -> None:
    from django.test import Client

    assert error_of(Client().post("/inbox/files", {"file": SimpleUploadedFile("a.txt", b"a")}))[0] == 401


def test_a_token_uploads_twenty_times_in_ten_minutes() -> None:
    browser = Browser()
    statuses = [browser.upload("a.txt", b"hello").status_code for _ in range(21)]
    assert statuses == [201] * 20 + [429]
    answer = browser.upload("a.txt", b"hello")
    assert error_of(answer)[1] == "slow_down"
    assert int(answer["Retry-After"]) > 500
    other = Browser(browser.site, address=browser.address)
    assert other.upload("a.txt", b"hello").status_code == 201


def test_an_address_uploads_a_hundred_times_whatever_tokens_and_headers_it_makes_up() -> None:
    browser, count = Browser(), 0
    for attempt in range(104):
        browser.token = new_token()
        headers = {**browser.headers, "X-Forwarded-For": f"10.0.0.{attempt}"}
        count += browser.upload("a.txt", b"hello", headers=headers).status_code == 201
    assert count == 100


def test_photos_lose_what_they_tell_beside_the_picture() -> None:
    row = kept(samples.photo_with_place(), "a.jpg", Browser().uploader)
    content = storage.blob(row.blob).read_bytes()
    assert (row.width, row.height) == (40, 60)  # it lay on its side
    assert samples.GPS.encode() not in content
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (40, 60), {})


def test_what_hides_around_a_picture_is_gone() -> None:
    row = kept(samples.png_with_texts(), "a.png", Browser().uploader)
    content = storage.blob(row.blob).read_bytes()
    assert samples.GPS.encode() not in content
    assert b"<script>" not in content


@pytest.mark.parametrize(
    ("form", "mode", "becomes"),
    [
        ("JPEG", "CMYK", "RGB"),
        ("JPEG", "L", "L"),
        ("PNG", "I;16", "L"),
        ("PNG", "LA", "LA"),
        ("PNG", "RGBA", "RGBA"),
        ("PNG", "P", "P"),
        ("PNG", "1", "1"),
        ("WEBP", "RGBA", "RGBA"),
    ],
)
def test_every_kind_of_pixel_becomes_one_that_browsers_show(form: str, mode: str, becomes: str) -> None:
    row = kept(samples.picture(form, mode), f"a.{ {'JPEG': 'jpg'}.get(form, form.lower()) }", Browser().uploader)
    with Image.open(storage.blob(row.blob)) as image:
        assert (image.format, image.mode) == (form, becomes)


def test_large_pictures_get_a_thumbnail_and_small_ones_are_their_own() -> None:
    large = kept(samples.picture(size=(1600, 800)), "a.png", Browser().uploader)
    small = kept(samples.picture(size=(640, 20)), "a.png", Browser().uploader)
    with Image.open(storage.thumbnail(large.blob)) as image:
        assert (image.format, image.size) == ("WEBP", (640, 320))
    assert not storage.thumbnail(small.blob).exists()


def test_an_animation_keeps_its_frames_and_shows_its_first() -> None:
    content = samples.animation(10_000)
    row = kept(content, "a.gif", Browser().uploader)
    assert storage.blob(row.blob).read_bytes() == content
    with Image.open(storage.thumbnail(row.blob)) as image:
        assert (image.format, getattr(image, "n_frames", 1)) == ("WEBP", 1)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("kept_share", [0.2, 0.6, 0.95])
def test_damaged_pictures_are_refused(form: str, kept_share: float, media: Path) -> None:
    made = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(made, form)
    whole = made.getvalue()
    name = f"a.{form.lower()}".replace("jpeg", "jpg")
    with pytest.raises(Refusal) as caught:
        kept(whole[: int(len(whole) * kept_share)], name, Browser().uploader)
    assert caught.value.code == "image_damaged"
    assert stored(media) == []


def test_a_decoder_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, media: Path) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text("while True: pass")
    monkeypatch.setattr(images, "_PROGRAM", endless)
    monkeypatch.setattr(images, "_SECONDS", 0.3)
    with pytest.raises(Refusal) as caught:
        kept(samples.picture(), "a.png", Browser().uploader)
    assert caught.value.code == "image_damaged"
    assert stored(media) == []


def test_a_crowd_of_pictures_is_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_places", threading.BoundedSemaphore(1))
    with images._places:
        answer = Browser().upload("a.png", samples.picture())
        assert error_of(answer)[:2] == (503, "busy")
        assert answer["Retry-After"]
        assert Browser().upload("a.txt", b"no picture").status_code == 201
    assert Browser().upload("a.png", samples.picture()).status_code == 201


def test_decoders_know_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PARLEY_SECRET_KEY", "canary-in-the-environment")
    told = tmp_path / "told"
    curious = tmp_path / "curious.py"
    curious.write_text(f"import os; open({str(told)!r}, 'w').write(repr(dict(os.environ))); raise SystemExit(3)")
    monkeypatch.setattr(images, "_PROGRAM", curious)
    with pytest.raises(Refusal):
        kept(samples.picture(), "a.png", Browser().uploader)
    assert "canary" not in told.read_text()


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("where", ["_created", "_sync", "_move", "_directory"])
@pytest.mark.parametrize(("name", "content"), [("a.txt", b"hello"), ("a.png", samples.picture())])
def test_a_full_disk_keeps_nothing(
    where: str, name: str, content: bytes, monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    monkeypatch.setattr(storage, where, _full)
    answer = Browser().upload(name, content)
    assert error_of(answer)[:2] == (507, "storage_full")
    assert not Attachment.objects.exists()
    assert stored(media) == []
    monkeypatch.undo()
    assert Browser().upload(name, content).status_code == 201


def test_files_leave_room_for_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "RESERVE", 1 << 60)
    assert error_of(Browser().upload("a.txt", b"hello"))[:2] == (507, "storage_full")


def test_a_decoder_on_a_full_disk_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    full = tmp_path / "full.py"
    full.write_text("raise SystemExit(5)")
    monkeypatch.setattr(images, "_PROGRAM", full)
    assert error_of(Browser().upload("a.png", samples.picture()))[:2] == (507, "storage_full")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "content"), [("a.txt", b"hello"), ("a.png", samples.picture(size=(700, 700)))])
def test_the_same_file_at_the_same_time_is_one_content_and_two_rows(name: str, content: bytes, media: Path) -> None:
    browser, ready = Browser(), threading.Barrier(4)
    _in_threads(4, lambda: (ready.wait(), kept(content, name, browser.uploader)))
    assert Attachment.objects.count() == 4
    (blob,) = Attachment.objects.values_list("blob", flat=True).distinct()
    assert [path.name for path in stored(media / "blobs")] == [blob]
    assert stored(media / "incoming") == []


def _in_threads(count: int, work: Callable[[], object]) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_everybody_may_send_the_same_kinds() -> None:
    client = signed_in(agent(role=Role.ADMIN))
    answer = client.post("/inbox/files", {"file": SimpleUploadedFile("a.docx", samples.document())})
    assert answer.status_code == 201
