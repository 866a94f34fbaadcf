"""What is done because time has passed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from conversations import realtime, relay
from conversations.actions.assigning import free_from_departed
from conversations.actions.states import wake_due
from conversations.models import MessengerSession

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=2)  # a row that waited longer was never rung for
ENDED_SESSIONS = timedelta(days=30)


def sweep(now: datetime) -> None:
    """Every chore, whatever becomes of the others."""
    for chore in _CHORES:
        try:
            chore(now)
        except Exception:
            log.exception("%s failed and is tried again", chore.__name__)


def ring_for_forgotten(now: datetime) -> None:
    """Wake the relay for rows whose ring was lost."""
    if relay.has_waited(now - PATIENCE):
        realtime.ring()


def forget_ended_sessions(now: datetime) -> None:
    """Browsers that signed out."""
    MessengerSession.objects.filter(revoked_at__lte=now - ENDED_SESSIONS).delete()


_CHORES: Sequence[Callable[[datetime], object]] = (
    ring_for_forgotten,
    wake_due,
    free_from_departed,
    forget_ended_sessions,
)
