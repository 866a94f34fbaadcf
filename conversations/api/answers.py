"""What the API answers with: the wire's own JSON, and one envelope for every refusal."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.cache import patch_cache_control
from rest_framework import exceptions
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from conversations.errors import Busy, ConversationMerged, NotFound, Refusal
from conversations.models import Conversation
from people.errors import Refused

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class Wire(BaseRenderer):
    """JSON, byte for byte as sockets send it."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data, option=orjson.OPT_UTC_Z)


class Failure(Refusal):
    """A refusal that only HTTP knows."""

    def __init__(self, status: int, code: str, message: str, *, field: str | None = None):
        super().__init__(message, field=field)
        self.status, self.code = status, code


_KNOWN: Mapping[type[Exception], tuple[int, str, str]] = {
    exceptions.NotAuthenticated: (401, "not_authenticated", "Sign in, or send a token: Authorization: Bearer parley_…"),
    exceptions.MethodNotAllowed: (405, "method_not_allowed", "This address does not do that; see the Allow header."),
    exceptions.NotAcceptable: (406, "not_acceptable", "Answers are JSON only."),
    exceptions.UnsupportedMediaType: (415, "unsupported_media_type", "Send JSON: Content-Type: application/json."),
    exceptions.PermissionDenied: (403, "csrf_failed", "The CSRF token is missing or wrong. Reload the page."),
    DjangoPermissionDenied: (403, "forbidden", "Your role does not allow that."),
}


def handler(problem: Exception, context: Mapping[str, Any]) -> Response:
    """Whatever went wrong, as an envelope. Nothing of ours shows in it but the id to look for in the log."""
    request: Request = context["request"]
    refusal = _refusal(problem)
    name = request_id(request)
    if refusal.status >= 500:
        log.error("request %s failed", name, exc_info=problem)
    response = Response(refusal.envelope(name), status=refusal.status, headers=_headers(refusal))
    patch_cache_control(response, no_store=True)
    return response


def request_id(request: Request) -> str:
    """The caller's own name for the request, or one of ours."""
    given = request.headers.get("X-Request-ID", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(6)


def _refusal(problem: Exception) -> Refusal:
    if isinstance(problem, ConversationMerged):
        return _moved(problem)
    if isinstance(problem, Refusal):
        return problem
    if isinstance(problem, Refused):
        return Failure(problem.status, problem.code, problem.message, field=problem.field)
    if isinstance(problem, Http404 | exceptions.NotFound):
        return NotFound()
    if isinstance(problem, OperationalError | InterfaceError):
        return Busy()
    found = _KNOWN.get(type(problem))
    return Failure(*(found or (500, "internal_error", "Something went wrong on our side. Tell us the request_id.")))


def _moved(problem: ConversationMerged) -> Refusal:
    """`field` holds where the conversation went on."""
    target = Conversation.objects.values_list("public_id", flat=True).filter(pk=problem.target).first()
    return Failure(problem.status, problem.code, problem.message, field=str(target) if target else None)


def _headers(refusal: Refusal) -> dict[str, str]:
    headers = {}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return headers
