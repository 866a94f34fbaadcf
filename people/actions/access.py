"""Programs that act for an agent."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from people.errors import Refused
from people.models import Agent, ApiToken
from people.names import one_line
from people.tokens import digest_of, new_secret

MAX_DAYS = 90
NOTED_EVERY = timedelta(minutes=1)


def create_token(agent: Agent, *, name: str, scope: ApiToken.Scope, days: int, now: datetime) -> tuple[ApiToken, str]:
    """A token and its secret, which nobody can read again.

    Raises:
        Refused: it would live too long, or has no name.
    """
    if not 1 <= days <= MAX_DAYS:
        raise Refused("invalid_date", f"A token lives 1 to {MAX_DAYS} days.", field="days", status=422)
    if not (name := one_line(name, 80)):
        raise Refused("text_empty", "Give the token a name that says what uses it.", field="name", status=422)
    secret = new_secret()
    token = ApiToken.objects.create(
        agent=agent,
        name=name,
        scope=scope,
        digest=digest_of(secret),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return token, secret


def revoke_token(token: ApiToken) -> None:
    """It opens nothing any more."""
    token.delete()


def note_use(token: ApiToken, *, now: datetime) -> None:
    """When it was last used, to the minute: enough to find tokens that nobody needs."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - NOTED_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
