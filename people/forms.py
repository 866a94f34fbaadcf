"""Forms of people's own pages."""

from __future__ import annotations

import unicodedata

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.utils.translation import gettext_lazy as _


def account_name(typed: str) -> str:
    """An e-mail as accounts are known by, however it was typed: one account must not have two counts of failures."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


class SignIn(AuthenticationForm):
    """E-mail and password. Unknown address, wrong password and closed account get one and the same answer."""

    username = UsernameField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    error_messages = {
        "invalid_login": _("That e-mail and password do not belong together. Check both and try again."),
        "inactive": _("That e-mail and password do not belong together. Check both and try again."),
    }

    def clean_username(self) -> str:
        return account_name(self.cleaned_data["username"])
