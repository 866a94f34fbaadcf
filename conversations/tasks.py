"""What workers do when they are rung, and what they look for when nobody rang."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from conversations import actions, realtime, relay
from conversations.reports import delivery

log = logging.getLogger(__name__)


@shared_task(name="conversations.relay_outbox")
def relay_outbox() -> None:
    """Serve the rows of the outbox."""
    realtime.heard()
    relay.drain(timezone.now)


@shared_task(name="conversations.check_delivery")
def check_delivery() -> None:
    """Look for broken promises, and say so in the log."""
    for finding in delivery.check(timezone.now()):
        if finding.count:
            log.error("broken %s times: %s (%s)", finding.count, finding.promise.about, ", ".join(finding.examples))


@shared_task(name="conversations.sweep")
def sweep() -> None:
    """Find what was missed or has come due."""
    actions.sweep(timezone.now())


@shared_task(name="conversations.sweep_files")
def sweep_files() -> None:
    """Find files that nobody sent; this looks at the whole store, so it is done seldom."""
    actions.sweep_unbound(timezone.now())
