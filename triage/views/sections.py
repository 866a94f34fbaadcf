"""The managers' pages under /triage/: who may open them, and the sections they stand in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from conversations.errors import Refusal
from people.models import Agent

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class Section(NamedTuple):
    """An entry of the navigation: its slug, its word and the name of its address."""

    slug: str
    title: Promise
    address: str


SECTIONS = [
    Section("trust", _("Trust"), "triage-trust"),
    Section("topics", _("Topics"), "triage-topics"),
    Section("models", _("Models"), "triage-models"),
    Section("imports", _("Import"), "triage-imports"),
    Section("settings", _("Settings"), "triage-settings"),
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


def refuse(form: BaseForm, refusal: Refusal) -> None:
    """Say what a verb refused beside the field it is about."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.message)


def status(form: BaseForm) -> int:
    """Of a page with a form: whether what was sent could not be taken."""
    return 422 if form.is_bound and not form.is_valid() else 200


def page(
    request: HttpRequest, section: str, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page of `section` (its slug), whose template extends triage/base.html."""
    return render(request, template, {"sections": SECTIONS, "section": section, **(context or {})}, status=status)
