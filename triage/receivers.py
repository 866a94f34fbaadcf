"""Bells of other packages that ring here."""

from __future__ import annotations

from django.dispatch import receiver

from conversations.signals import parts_posted
from triage import tasks
from triage.models import Desk

EXPIRES = 60  # seconds: what is not heard by then, the sweep has found


@receiver(parts_posted)
def look(sender: object, **_: object) -> None:
    """Somebody wrote, or a conversation changed hands: there may be something to read, or room for somebody's work."""
    if Desk.current().mode != Desk.Mode.OFF:
        tasks.look.apply_async(expires=EXPIRES, retry=False)
