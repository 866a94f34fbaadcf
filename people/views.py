"""Signing in and out, one's password, and whether one is there."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people import devices
from people.actions import change_password
from people.forms import SignIn as SignInForm
from people.forms import account_name
from people.limits import Limit, address_of
from people.models import Agent

BY_ACCOUNT = Limit("sign-in", most=10, seconds=300)
BY_ADDRESS = Limit("sign-in-from", most=10, seconds=300)
BY_DEVICE = Limit("sign-in-with", most=10, seconds=300)
OLD_PASSWORD = Limit("password-change", most=10, seconds=300)


class SignIn(LoginView):
    """`next` is followed only within the desk. After ten failures the account, and the address they came from, wait;
    a browser the account has been used with waits only for failures of its own."""

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
        response = super().form_valid(form)
        devices.remember(self.request, response, self._account())
        return response

    def _counted(self) -> list[tuple[Limit, str]]:
        account = self._account()
        if device := devices.known(self.request, account):
            return [(BY_DEVICE, f"{account} {device}")]
        return [(BY_ACCOUNT, account), (BY_ADDRESS, address_of(self.request))]

    def _account(self) -> str:
        return account_name(self.request.POST.get("username", ""))

    def _patience(self, seconds: int) -> HttpResponse:
        form = SignInForm(self.request)
        context = self.get_context_data(form=form, patience=_in_minutes(seconds))
        response = self.render_to_response(context, status=429)
        response["Retry-After"] = str(seconds)
        return response


class SignOut(LogoutView):
    def get_default_redirect_url(self) -> str:
        return reverse("login")


class ChangePassword(PasswordChangeView):
    """Whoever sits down at somebody's open desk cannot try out what their password is."""

    template_name = "people/password.html"
    success_url = reverse_lazy("inbox")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if seconds := OLD_PASSWORD.take(str(request.user.pk)):
            form = PasswordChangeForm(user=cast("Agent", request.user))
            context = self.get_context_data(form=form, patience=_in_minutes(seconds))
            response = self.render_to_response(context, status=429)
            response["Retry-After"] = str(seconds)
            return response
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        agent = cast("Agent", self.request.user)
        OLD_PASSWORD.give_back(str(agent.pk))
        change_password(agent, form.cleaned_data["new_password1"], keep_session=self.request.session.session_key)
        update_session_auth_hash(self.request, agent)
        messages.success(self.request, _("Your password is changed."))
        return redirect(self.get_success_url())


def _in_minutes(seconds: int) -> str:
    minutes = -(-seconds // 60)
    text = ngettext(
        "Too many attempts. Try again in %(minutes)d minute.",
        "Too many attempts. Try again in %(minutes)d minutes.",
        minutes,
    )
    return text % {"minutes": minutes}
