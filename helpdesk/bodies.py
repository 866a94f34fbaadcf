"""No request body larger than its address has a use for: Django would write any body to disk before it looks at it."""

from __future__ import annotations

import errno
import json
import secrets
from typing import Any

from django.conf import settings

from conversations.errors import Refusal
from conversations.files.refusals import FileTooLarge, StorageFull, megabytes

_WRAPPING = 64 * 1024  # what multipart adds around a file
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
            await _refuse(send, _too_large(scope["path"], declared))
            return
        received = 0

        async def counted() -> Any:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(scope["path"], None)
            return message

        try:
            await self.inner(scope, counted, send)
        except Refusal as refusal:  # only `counted` raises one this far out, before anything was answered
            await _refuse(send, refusal)
        except OSError as problem:
            if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            await _refuse(send, StorageFull())


def _limit(path: str) -> int:
    if path.endswith("/files"):
        return int(settings.MAX_UPLOAD_BYTES) + _WRAPPING
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def _too_large(path: str, size: int | None) -> Refusal:
    return FileTooLarge(size) if path.endswith("/files") else BodyTooLarge()


def _declared(scope: Any) -> int | None:
    values = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(values[0]) if values and values[0].isdigit() else None


async def _refuse(send: Any, refusal: Refusal) -> None:
    """The server reads the rest of the body away, so that the sender lives to see the answer."""
    body = json.dumps(refusal.envelope(secrets.token_hex(6))).encode()
    headers = [*_HEADERS, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
