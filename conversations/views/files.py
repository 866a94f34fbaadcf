"""Files on their way in."""

from __future__ import annotations

import errno
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from conversations import serializers, sessions
from conversations.actions.files import store_upload
from conversations.errors import BadRequest, NotFound, SlowDown, TokenRefused
from conversations.files import access
from conversations.files.access import Uploader
from conversations.files.links import Link
from conversations.files.refusals import FileTooLarge, MediaTypeRefused, StorageFull, TooManyFiles
from conversations.models import Attachment, Touchpoint
from conversations.tokens import token_hash
from conversations.views.inbox.answers import answer, in_json, viewer
from conversations.views.refusing import enveloped
from people.limits import Limit, address_of

BY_TOKEN = Limit("upload", most=20, seconds=600)
BY_ADDRESS = Limit("upload-from", most=100, seconds=600)
BY_AGENT = Limit("upload-agent", most=300, seconds=600)


@csrf_exempt  # the token in the header is no cookie: nobody else's page can send it
@require_POST
@enveloped
def messenger_upload(request: HttpRequest, site: str) -> HttpResponse:
    """A token that nobody has written with yet may upload: the first message may be a picture."""
    hashed, touchpoint = _messenger(request, site)
    _count((BY_ADDRESS, address_of(request)), (BY_TOKEN, hashed))
    if not access.may_upload(hashed, touchpoint):
        raise TokenRefused
    return _kept(_sent(request), Uploader(token_hash=hashed))


@require_GET
@enveloped
def messenger_link(request: HttpRequest, site: str, key: str) -> HttpResponse:
    hashed, touchpoint = _messenger(request, site)
    file = access.one(access.for_messenger(hashed, touchpoint), _uuid(key))
    return _link(Link(file.pk, site=site, token_hash=hashed))


@csrf_exempt  # only until the body has been read under our own rules; `_agent_upload` checks
@require_POST
@in_json
def inbox_upload(request: HttpRequest) -> HttpResponse:
    _count((BY_AGENT, str(viewer(request).pk)))
    _sent(request)
    return _agent_upload(request)


@csrf_protect
def _agent_upload(request: HttpRequest) -> HttpResponse:
    return _kept(_sent(request), Uploader(agent=viewer(request)))


@require_GET
@in_json
def inbox_link(request: HttpRequest, key: str) -> HttpResponse:
    agent = viewer(request)
    file = access.one(access.for_agent(agent), _uuid(key))
    return _link(Link(file.pk, agent=agent.pk))


def _messenger(request: HttpRequest, site: str) -> tuple[str, Touchpoint]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise TokenRefused
    return token_hash(token), sessions.touchpoint(site)


def _count(*limits: tuple[Limit, str]) -> None:
    if wait := max(limit.take(who) for limit, who in limits):
        raise SlowDown(wait)


def _uuid(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise NotFound from None


def _link(link: Link) -> HttpResponse:
    return answer({"url": reverse("file", args=[link.sealed()])})


def _kept(sent: UploadedFile[bytes], uploader: Uploader) -> HttpResponse:
    if sent.size is not None and sent.size > settings.MAX_UPLOAD_BYTES:
        raise FileTooLarge(sent.size)
    kept: Attachment = store_upload(sent, sent.name or "", uploader, timezone.now())
    return answer(serializers.attachment(kept), 201)


class _Upload(TemporaryFileUploadHandler):
    """Writes no more than may be kept and counts the rest, so that the refusal can say how large the file was."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= settings.MAX_UPLOAD_BYTES:
            super().receive_data_chunk(raw_data, start)


def _sent(request: HttpRequest) -> UploadedFile[bytes]:
    """The one file of a multipart body, in the field `file`."""
    if request.content_type != "multipart/form-data":
        raise MediaTypeRefused
    files = [file for _, group in _parsed(request).FILES.lists() for file in group]
    if len(files) > 1:
        raise TooManyFiles
    file = request.FILES.get("file")
    if file is None:
        raise _nothing_sent()
    return file


def _nothing_sent() -> BadRequest:
    return BadRequest("missing_field", "Send the file in the field 'file'.", field="file")


def _parsed(request: HttpRequest) -> HttpRequest:
    if not hasattr(request, "_files"):
        request.upload_handlers = [_Upload(request)]
    try:
        request.FILES  # noqa: B018 - parses the body
    except (TooManyFieldsSent, TooManyFilesSent):
        raise TooManyFiles from None
    except (MultiPartParserError, UnreadablePostError, RequestDataTooBig):
        raise BadRequest(
            "missing_field", "Send one file as multipart/form-data in the field 'file'.", field="file"
        ) from None
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull from problem
        raise
    return request
