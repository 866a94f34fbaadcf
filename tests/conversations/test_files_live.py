"""Files through a real desk: nothing large is ever held in memory, and a text still gets through."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.conversations import samples
from tests.conversations.uploads import new_token
from tests.desk import Desk

pytestmark = pytest.mark.engines

MB = 1_000_000
BOUNDARY = "a-line-that-no-random-bytes-contain"


def _ask(desk: Desk, path: str, token: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    request = urllib.request.Request(f"http://127.0.0.1:{desk.port}{path}", body, headers=headers)
    request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def _upload(desk: Desk, token: str, name: str, content: bytes) -> tuple[int, Any]:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    body = head + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    status, answer = _ask(desk, "/messenger/demo/files", token, body, **kind)
    return status, json.loads(answer)


def _resident(desk: Desk) -> int:
    """Bytes of memory that the web processes have in use."""
    pids = [int(path.read_text()) for path in desk.paths.root.glob("web-*.pid")]
    assert pids
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 for pid in pids)


def test_a_large_file_goes_in_and_out_without_being_held_in_memory(live_desk: Desk) -> None:
    token, content = new_token(), samples.PDF + os.urandom(24 * MB)
    _upload(live_desk, token, "small.txt", b"to have everything loaded")
    before = _resident(live_desk)
    status, file = _upload(live_desk, token, "large.pdf", content)
    assert status == 201, file
    assert (file["size"], file["media_type"]) == (len(content), "application/pdf")
    status, answer = _ask(live_desk, f"/messenger/demo/files/{file['id']}", token)
    status, received = _ask(live_desk, json.loads(answer)["url"], token)
    assert (status, received == content) == (200, True)
    assert _resident(live_desk) - before < 20 * MB


def test_a_file_just_too_large_is_refused_with_its_size(live_desk: Desk) -> None:
    status, answer = _upload(live_desk, new_token(), "a.txt", b"a" * (25 * 1024 * 1024 + 1))
    assert (status, answer["error"]["code"]) == (413, "file_too_large")
    assert answer["error"]["message"] == "26.2 MB; the limit is 25 MB."


def test_what_was_sent_lies_on_disk_for_nobody_else_to_read(live_desk: Desk) -> None:
    assert _upload(live_desk, new_token(), "photo.jpg", samples.photo_with_place())[0] == 201
    files = [path for path in live_desk.paths.media.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert path.stat().st_mode & 0o777 == 0o640
        assert samples.GPS.encode() not in path.read_bytes()
        status, _ = live_desk.get(f"/media/{path.relative_to(live_desk.paths.media)}")
        assert status == 404
