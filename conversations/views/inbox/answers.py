"""How the inbox answers: JSON in one form, refusals in one envelope, and the same 404 for what is not there and what is
not yours."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from conversations.errors import BadRequest, Refusal, TextRefused
from conversations.strict_json import parse_object
from people.models import Agent

P = ParamSpec("P")
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


class SignedOut(Refusal):
    """Nobody is signed in, or not any more."""

    code = "invalid_token"
    status = 401

    def __init__(self) -> None:
        super().__init__(_("You are signed out. Sign in again; what you wrote is kept."))


def encoded(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


def embedded(value: Any) -> SafeString:
    """JSON for a data block in a page: nothing in it can end the block."""
    return mark_safe(encoded(value).decode().translate(_ESCAPES))  # noqa: S308 - the line above is why


def answer(value: Any, status: int = 200) -> HttpResponse:
    """A JSON answer that no cache keeps: it is for one agent and for now."""
    response = HttpResponse(encoded(value), content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    return response


def refused(refusal: Refusal, **more: Any) -> HttpResponse:
    envelope = refusal.envelope(secrets.token_hex(6))
    envelope["error"].update(more)
    response = answer(envelope, refusal.status)
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def in_json(view: View[P]) -> View[P]:
    """A view for scripts: it needs somebody signed in, and its refusals become envelopes."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return refused(SignedOut())
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return refused(refusal)

    return cast("View[P]", guarded)


def viewer(request: HttpRequest) -> Agent:
    return cast("Agent", request.user)


class Fields:
    """The fields of a JSON body, taken one by one; `done` refuses what nobody took."""

    def __init__(self, request: HttpRequest) -> None:
        self._given: Mapping[str, Any] = parse_object(request.body) if request.body else {}
        self._taken: set[str] = set()

    def text(self, name: str, default: str | None = None) -> str:
        return cast("str", self._take(name, str, default))

    def number(self, name: str, default: int | None = None) -> int:
        return cast("int", self._take(name, int, default))

    def texts(self, name: str) -> list[str]:
        return cast("list[str]", self._list(name, str))

    def numbers(self, name: str) -> list[int]:
        return cast("list[int]", self._list(name, int))

    def key(self, name: str) -> int | None:
        """An id as our JSON writes it, a text of digits, or null."""
        value = self._nullable(name)
        if value is None:
            return None
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19):
            raise _wrong(name, "an id in quotes, or null")
        return int(value)

    def uuid(self, name: str) -> UUID:
        try:
            return UUID(self.text(name))
        except ValueError:
            raise _wrong(name, "a conversation's id") from None

    def time(self, name: str) -> datetime | None:
        """A moment with its offset, or null."""
        value = self._nullable(name)
        if value is None:
            return None
        try:
            at = parse_datetime(value) if isinstance(value, str) else None
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise TextRefused("invalid_date", "Write the time like 2026-11-24T09:00:00Z.", field=name)
        return at

    def done(self) -> None:
        for name in self._given:
            if name not in self._taken:
                raise BadRequest("unknown_field", f"There is no field {name[:60]!r} here.", field=name[:60])

    def _nullable(self, name: str) -> Any:
        self._taken.add(name)
        if name not in self._given:
            raise BadRequest("missing_field", f"The field {name!r} is missing.", field=name)
        return self._given[name]

    def _take(self, name: str, kind: type, default: Any) -> Any:
        if default is not None and name not in self._given:
            return default
        value = self._nullable(name)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise _wrong(name, "a text" if kind is str else "a whole number")
        return value

    def _list(self, name: str, kind: type) -> Any:
        value = self._nullable(name)
        good = isinstance(value, list) and all(isinstance(each, kind) and not isinstance(each, bool) for each in value)
        if not good or not 0 < len(value) <= 200:
            raise _wrong(name, f"a list of 1 to 200 {'texts' if kind is str else 'numbers'}")
        return value


def _wrong(name: str, expected: str) -> BadRequest:
    return BadRequest("invalid_type", f"The field {name!r} has to be {expected}.", field=name)
