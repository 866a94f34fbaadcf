"""Who asks. Apart from the views, because the framework loads this while it loads them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from conversations.api.answers import Failure
from people import actions as people
from people.models import Agent, ApiToken
from people.tokens import digest_of


class Bearer(BaseAuthentication):
    """A token in the Authorization header."""

    def authenticate(self, request: Request) -> tuple[Agent, ApiToken] | None:
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if not kind:
            return None
        now = timezone.now()
        live = ApiToken.objects.select_related("agent").filter(expires_at__gt=now, agent__is_active=True)
        token = live.filter(digest=digest).first() if (digest := digest_of(secret)) else None
        if kind.lower() != "bearer" or token is None:
            raise Failure(401, "invalid_token", "This token is not valid, or not any more. Make a new one.")
        people.note_use(token, now=now)
        return token.agent, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class Session(SessionAuthentication):
    """The cookie of the inbox."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found is None and settings.SESSION_COOKIE_NAME in request.COOKIES:
            raise Failure(401, "session_expired", "You are signed out. Sign in again; nothing was changed.")
        return found
