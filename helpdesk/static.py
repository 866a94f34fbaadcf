"""Static files, answered before Django: a page has dozens, and none of them needs a session or a thread."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from whitenoise import WhiteNoise

CHUNK = 64 * 1024
_HASHED = r"\.[0-9a-f]{12}\.[^/]+$"
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; style-src 'self'"),  # a picture opened by itself runs nothing
    (b"cross-origin-resource-policy", b"cross-origin"),  # the launcher is loaded by our customers' sites
]


class Static:
    """Answers what lies below the static address, compressed as the browser likes it; hands the rest on."""

    def __init__(self, inner: Any, root: Path, prefix: str) -> None:
        self.inner, self.prefix = inner, prefix
        self.files = WhiteNoise(None, root, prefix, immutable_file_test=_HASHED).files

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        file = self.files.get(scope["path"]) if scope["path"].startswith(self.prefix) else None
        if file is None:
            await self.inner(scope, receive, send)
            return
        response = file.get_response(scope["method"], _environ(scope))
        headers = [(name.lower().encode(), value.encode()) for name, value in response.headers]
        await send({"type": "http.response.start", "status": response.status, "headers": headers + _ALWAYS})
        await _send_body(send, response.file)


async def _send_body(send: Any, file: Any) -> None:
    while file is not None and (chunk := file.read(CHUNK)):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    if file is not None:
        file.close()
    await send({"type": "http.response.body"})


def _environ(scope: Mapping[str, Any]) -> dict[str, str]:
    """The request's headers under the names that WhiteNoise knows."""
    return {
        f"HTTP_{name.decode('latin1').upper().replace('-', '_')}": value.decode("latin1")
        for name, value in scope["headers"]
    }
