"""What workers do when they are rung, and what they look for when nobody rang."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from triage import actions


@shared_task(name="triage.look")
def look() -> None:
    """Read what waits to be read, and give work to whoever has room."""
    actions.decide_waiting(timezone.now)
    actions.drain(timezone.now())


@shared_task(name="triage.sweep")
def sweep() -> None:
    """Find what was missed or has come due."""
    actions.sweep(timezone.now)
