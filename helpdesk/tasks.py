"""The desk's own pulse."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from helpdesk import health, pulse  # noqa: F401 - the pulse starts with the worker that loads these tasks


@shared_task(name="helpdesk.heartbeat")
def heartbeat() -> None:
    """Prove that beat, queue and worker are connected: `/readyz` looks for this trace."""
    health.leave_heartbeat(timezone.now())
