"""What workers do when they are rung, and what they look for when nobody rang."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from conversations import actions, relay


@shared_task(name="conversations.relay_outbox")
def relay_outbox() -> None:
    """Serve the rows of the outbox."""
    relay.drain(timezone.now)


@shared_task(name="conversations.sweep")
def sweep() -> None:
    """Find what was missed or has come due."""
    actions.sweep(timezone.now())


@shared_task(name="conversations.sweep_files")
def sweep_files() -> None:
    """Find files that nobody sent; this looks at the whole store, so it is done seldom."""
    actions.sweep_unbound(timezone.now())
