"""No request body larger than its address has a use for: Django would write any body to disk before it looks at it."""

from __future__ import annotations

import errno
import json
import secrets
from typing import Any

from django.conf import settings

from conversations.errors import Refusal
from conversations.files.refusals import FileTooLarge, StorageFull, megabytes
from triage.actions.importing.receiving import FileTooLong
from triage.actions.importing.tables import LARGEST

_WRAPPING = 64 * 1024  # what multipart adds around a file
_IMPORTS = "/triage/imports/"  # past messages, in one file
_PATIENCE = 4  # times the largest upload
_HEADERS = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]


class BodyTooLarge(Refusal):
    """Only uploads may be large."""

    code = "body_too_large"
    status = 413

    def __init__(self) -> None:
        super().__init__(f"The body is too large; the limit is {megabytes(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)}.")


class Bodies:
    """Refuses a body that says it is too large at once, and one that turns out to be so when it does."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        limit = _limit(scope["path"])
        declared = _declared(scope)
        if declared is not None and declared > limit:
            await _read_away(receive)
            await _refuse(send, _too_large(scope["path"], declared))
            return
        try:
            await self.inner(scope, _Counted(receive, limit, scope["path"]), send)
        except Refusal as refusal:  # only `_Counted` raises one this far out, before anything was answered
            await _refuse(send, refusal)
        except OSError as problem:
            if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            await _refuse(send, StorageFull())


class _Counted:
    """Hands a body on until it is too large."""

    def __init__(self, receive: Any, limit: int, path: str) -> None:
        self._receive, self._left, self._path = receive, limit, path

    async def __call__(self) -> Any:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            if message.get("more_body"):
                await _read_away(self._receive)
            raise _too_large(self._path, None)
        return message


async def _read_away(receive: Any) -> None:
    """Whoever is still sending does not listen, and a connection closed on them looks like a failure of ours. So the
    rest is read and dropped, unless it is out of all proportion."""
    left, more = _PATIENCE * int(settings.MAX_UPLOAD_BYTES), True
    while more and left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)


def _limit(path: str) -> int:
    if path == _IMPORTS:
        return LARGEST + _WRAPPING
    if path.endswith("/files"):
        return int(settings.MAX_UPLOAD_BYTES) + _WRAPPING
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def _too_large(path: str, size: int | None) -> Refusal:
    if path == _IMPORTS:
        return FileTooLong()
    return FileTooLarge(size) if path.endswith("/files") else BodyTooLarge()


def _declared(scope: Any) -> int | None:
    values = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(values[0]) if values and values[0].isdigit() else None


async def _refuse(send: Any, refusal: Refusal) -> None:
    body = json.dumps(refusal.envelope(secrets.token_hex(6))).encode()
    headers = [*_HEADERS, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
