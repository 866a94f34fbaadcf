"""The managers' pages under /triage/: who may open them, and the sections they stand in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Agent

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class Section(NamedTuple):
    """An entry of the navigation: its slug, its word and the name of its address."""

    slug: str
    title: Promise
    address: str


SECTIONS = [
    Section("topics", _("Topics"), "triage-topics"),
]


def managers(view: View[P]) -> View[P]:
    """For managers and admins only: others are told that it is not theirs, strangers to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not viewer(request).sees_everything:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast("View[P]", login_required(guarded))


def viewer(request: HttpRequest) -> Agent:
    return cast("Agent", request.user)


def page(
    request: HttpRequest, section: str, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page of `section` (its slug), whose template extends triage/base.html."""
    return render(request, template, {"sections": SECTIONS, "section": section, **(context or {})}, status=status)
