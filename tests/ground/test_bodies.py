"""Bodies that are too large, with and without saying so."""

from __future__ import annotations

import errno
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from helpdesk.bodies import Bodies
from tests.desk import Desk

MB = 1_000_000


async def _ask(path: str, chunks: list[bytes], headers: list[tuple[bytes, bytes]], inner: Any) -> list[Any]:
    """What is sent for a request whose body comes in those chunks."""
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await Bodies(inner)({"type": "http", "path": path, "headers": headers}, receive, send)
    return sent


async def _django(_scope: Any, receive: Any, send: Any) -> None:
    """Reads a body to its end before anything else, as Django does."""
    while (await receive())["more_body"]:
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"fine"})


def _answer(sent: list[Any]) -> tuple[int, Any]:
    start, body = sent
    return start["status"], json.loads(body["body"])["error"] if start["status"] >= 400 else body["body"]


UPLOAD = "/messenger/shop/files"


@pytest.mark.parametrize(
    ("path", "declared", "status", "code", "message"),
    [
        (UPLOAD, 25 * 1024 * 1024 + 200_000, 413, "file_too_large", "26.4 MB; the limit is 25 MB."),
        (UPLOAD, 10**15, 413, "file_too_large", "1000000000 MB; the limit is 25 MB."),
        ("/inbox/files", 30 * MB, 413, "file_too_large", "30 MB; the limit is 25 MB."),
        ("/login/", 2 * MB, 413, "body_too_large", "The body is too large; the limit is 1 MB."),
    ],
)
async def test_a_body_that_says_it_is_too_large_is_refused(
    path: str, declared: int, status: int, code: str, message: str
) -> None:
    sent = await _ask(path, [b"a" * MB] * 3, [(b"content-length", str(declared).encode())], None)
    found, error = _answer(sent)
    assert (found, error["code"], error["message"]) == (status, code, message)


@pytest.mark.parametrize(
    ("path", "size", "code"),
    [(UPLOAD, 24 * MB, None), (UPLOAD, 26 * MB, "file_too_large"), ("/", MB, None), ("/", 2 * MB, "body_too_large")],
)
@pytest.mark.parametrize("headers", [[], [(b"content-length", b"12")], [(b"content-length", b"-5")]])
async def test_a_body_that_says_nothing_or_lies_is_counted(
    path: str, size: int, code: str | None, headers: list[tuple[bytes, bytes]]
) -> None:
    status, answer = _answer(await _ask(path, [b"a" * 100_000] * (size // 100_000), headers, _django))
    assert (status, answer["code"] if code else answer) == ((413, code) if code else (200, b"fine"))


async def test_no_room_for_a_body_is_said_and_other_troubles_are_not_hidden() -> None:
    async def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def broken(*_: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    status, error = _answer(await _ask(UPLOAD, [], [], full))
    assert (status, error["code"]) == (507, "storage_full")
    with pytest.raises(OSError, match="Input/output"):
        await _ask(UPLOAD, [], [], broken)


@pytest.mark.engines
def test_two_hundred_megabytes_without_a_length_cost_no_memory(live_desk: Desk) -> None:
    workers = [name for name in ("web-0", "web-1") if live_desk.paths.pid_file(name).exists()]
    before = {name: _resident(live_desk.pid(name)) for name in workers}
    status, body = _endless(live_desk.port, 200)
    assert (status, body["error"]["code"]) == (413, "file_too_large")
    grown = max(_resident(live_desk.pid(name)) - before[name] for name in workers)
    assert grown < 20 * MB, f"{grown / MB:.0f} MB"


def _endless(port: int, megabytes: int) -> tuple[int, Any]:
    """Send chunks without a length until the desk answers or all are sent."""
    chunk = b"%x\r\n" % 65536 + b"a" * 65536 + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as link:
        link.sendall(
            b"POST /messenger/shop/files HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        )
        for _ in range(megabytes * 16):
            link.sendall(chunk)
        link.sendall(b"0\r\n\r\n")
        answer = b""
        while b"\r\n\r\n" not in answer or not answer.endswith(b"}"):
            answer += link.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def _resident(pid: int) -> int:
    """Bytes of memory a process has in use."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
