"""Files on their way out."""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.core import signing
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from conversations import sessions
from conversations.errors import NotFound, Refusal, SlowDown
from conversations.files import access, links, storage
from conversations.files.links import Link
from conversations.models import Attachment
from conversations.views.inbox.answers import refused
from people.limits import Limit, address_of
from people.models import Agent

log = logging.getLogger(__name__)

GUESSES = Limit("file-guess", most=100, seconds=600)
_CHUNK = 256 * 1024
_REWRITTEN = ("image/png", "image/jpeg", "image/webp")  # by us, so that a browser may show them in our origin


@require_safe
async def follow(request: HttpRequest, sealed: str) -> HttpResponseBase:
    """The file of a link. Ranges are not offered: everything is sent whole."""
    try:
        file = await sync_to_async(_followed)(request, sealed)
        return await sync_to_async(_download)(request, file, thumbnail="thumbnail" in request.GET)
    except Refusal as refusal:
        return refused(refusal)


def _followed(request: HttpRequest, sealed: str) -> Attachment:
    try:
        link = links.opened(sealed)
    except signing.BadSignature:
        if wait := GUESSES.take(address_of(request)):
            raise SlowDown(wait) from None
        raise NotFound from None
    if link is None:
        raise NotFound
    return access.one(_seen_by(request, link), link.file)


def _seen_by(request: HttpRequest, link: Link) -> access.Files:
    if link.agent is None:
        return access.for_messenger(link.token_hash, sessions.touchpoint(link.site))
    if not isinstance(request.user, Agent) or request.user.pk != link.agent:
        raise NotFound
    return access.for_agent(request.user)


def _download(request: HttpRequest, file: Attachment, *, thumbnail: bool) -> HttpResponseBase:
    small = storage.thumbnail(file.blob)
    thumbnail = thumbnail and small.exists()
    etag = quote_etag(f"{file.blob[:32]}{'-small' if thumbnail else ''}")
    if (unchanged := get_conditional_response(request, etag=etag)) is not None:
        return _guarded(unchanged, etag)
    try:
        contents = _Contents(small if thumbnail else storage.blob(file.blob))
    except FileNotFoundError:
        log.error("the content %s of file %s is missing", file.blob, file.pk)  # noqa: TRY400 - where is no riddle
        raise NotFound from None
    response = StreamingHttpResponse(contents, content_type="image/webp" if thumbnail else file.media_type)
    response["Content-Length"] = str(contents.size)
    response["Content-Disposition"] = _disposition(file, inline=thumbnail or file.media_type in _REWRITTEN)
    return _guarded(response, etag)


def _guarded(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    """Whatever a file contains, a browser that shows it gives it nothing to work with; and asks us again each time,
    because a removed file must be gone."""
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-cache"
    response["Accept-Ranges"] = "none"
    response["ETag"] = etag
    return response


def _disposition(file: Attachment, *, inline: bool) -> str:
    """The name twice: plain for old clients, exact for all others (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", file.name).encode("ascii", "ignore").decode()
    plain = "".join("_" if sign in '"\\%' else sign for sign in plain).strip() or "file"
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"


class _Contents:
    """A file's chunks, read in threads so that nobody waits for the disk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.size = path.stat().st_size

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await asyncio.to_thread(self._file.read, _CHUNK):
            yield chunk

    def close(self) -> None:
        """Django calls it when the answer is over, however it ended."""
        self._file.close()
