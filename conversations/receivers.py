"""Bells of other packages that ring here."""

from __future__ import annotations

from django.dispatch import receiver

from conversations import realtime
from people.signals import authz_changed


@receiver(authz_changed)
def look_again(sender: object, *, agent: int, **_: object) -> None:
    """Open sockets of an agent whose permission changed find out within seconds."""
    realtime.revoke_agent(agent)
