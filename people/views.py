"""Signing in and out, one's password, and whether one is there."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.actions import change_password
from people.forms import SignIn as SignInForm
from people.limits import Limit, address_of
from people.models import Agent

BY_ACCOUNT = Limit("sign-in", most=10, seconds=300)
BY_ADDRESS = Limit("sign-in-from", most=10, seconds=300)


class SignIn(LoginView):
    """`next` is followed only within the desk. After ten failures the account, and the address they came from, wait."""

    template_name = "people/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if seconds := max(limit.take(who) for limit, who in self._counted()):
            return self._patience(seconds)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        for limit, who in self._counted():
            limit.give_back(who)
        return super().form_valid(form)

    def _counted(self) -> list[tuple[Limit, str]]:
        return [(BY_ACCOUNT, self._account()), (BY_ADDRESS, address_of(self.request))]

    def _account(self) -> str:
        return self.request.POST.get("username", "").strip().lower()

    def _patience(self, seconds: int) -> HttpResponse:
        minutes = -(-seconds // 60)
        form = SignInForm(self.request)
        text = ngettext(
            "Too many attempts. Try again in %(minutes)d minute.",
            "Too many attempts. Try again in %(minutes)d minutes.",
            minutes,
        )
        context = self.get_context_data(form=form, patience=text % {"minutes": minutes})
        response = self.render_to_response(context, status=429)
        response["Retry-After"] = str(seconds)
        return response


class SignOut(LogoutView):
    def get_default_redirect_url(self) -> str:
        return reverse("login")


class ChangePassword(PasswordChangeView):
    template_name = "people/password.html"
    success_url = reverse_lazy("inbox")

    def form_valid(self, form: Any) -> HttpResponse:
        agent = cast("Agent", self.request.user)
        change_password(agent, form.cleaned_data["new_password1"], keep_session=self.request.session.session_key)
        update_session_auth_hash(self.request, agent)
        messages.success(self.request, _("Your password is changed."))
        return redirect(self.get_success_url())
