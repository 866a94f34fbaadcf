"""Uploads over HTTP: what is kept, how it lies on disk, and every refusal with its code and message."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conversations.files import storage
from conversations.models import Attachment
from people.models import Role
from tests.conversations import samples
from tests.conversations.desk import agent, customer
from tests.conversations.uploads import Browser, error_of, new_token, signed_in, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


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


def test_everybody_may_send_the_same_kinds() -> None:
    client = signed_in(agent(role=Role.ADMIN))
    answer = client.post("/inbox/files", {"file": SimpleUploadedFile("a.docx", samples.document())})
    assert answer.status_code == 201
