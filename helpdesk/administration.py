"""Django's admin, behind the desk's own door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from csp.decorators import csp_replace
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

V = TypeVar("V", bound=Callable[..., Any])


class DeskAdmin(AdminSite):
    """Its scripts come from us like all others, but jQuery makes markup of text, which Trusted Types forbid."""

    site_header = site_title = "Parley"

    def admin_view(self, view: V, cacheable: bool = False) -> V:  # noqa: FBT001, FBT002 - Django's signature
        """The same policy as everywhere, short of that one rule."""
        relaxed = csp_replace({"require-trusted-types-for": None})
        return cast("V", relaxed(super().admin_view(view, cacheable)))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one way to sign in, which limits how often one may try. Who has done so and may not come in here is
        led back to work; the way to sign in would send them here again, and so on."""
        from django.contrib.auth.views import redirect_to_login  # needs the models, which are not loaded yet above

        if request.user.is_authenticated and not self.has_permission(request):
            return redirect("inbox")
        return redirect_to_login(request.GET.get("next", "/admin/"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """And one way to change a password, which ends the sessions of the old one."""
        return redirect("password")


class DeskAdminConfig(AdminConfig):
    """Makes the site above the one that models are registered with."""

    default_site = "helpdesk.administration.DeskAdmin"
