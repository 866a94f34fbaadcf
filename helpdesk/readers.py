"""Whoever is signed in reads in the language, and by the clock, that they chose."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from contextlib import suppress

from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from people.models import Agent

Answer = Callable[[HttpRequest], HttpResponse]


def as_they_chose(answer: Answer) -> Answer:
    """A middleware. It looks at who is signed in only when the view does: pages that are the same for everybody open no
    session."""

    def attend(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: _recognised(request))  # type: ignore[assignment]
        with timezone.override(None):  # the desk's, and again after this request
            return answer(request)

    return attend


def _recognised(request: HttpRequest) -> Agent | AnonymousUser:
    user = get_user(request)
    if isinstance(user, Agent):
        if user.language:
            translation.activate(user.language)  # LocaleMiddleware begins each request anew
        with suppress(zoneinfo.ZoneInfoNotFoundError, ValueError):
            timezone.activate(zoneinfo.ZoneInfo(user.time_zone or timezone.get_default_timezone_name()))
    return user
