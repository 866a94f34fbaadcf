"""What is done because time has passed, whoever rang or did not."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from triage.actions.deciding import decide_waiting
from triage.actions.routing import drain, escalate_overdue
from triage.models import Desk

log = logging.getLogger(__name__)


def sweep(clock: Callable[[], datetime]) -> None:
    """Every chore, whatever becomes of the others."""
    if Desk.current().mode == Desk.Mode.OFF:
        return
    for chore in _CHORES:
        try:
            chore(clock)
        except Exception:
            log.exception("%s failed and is tried again", chore.__name__)


def read_forgotten(clock: Callable[[], datetime]) -> None:
    """Conversations whose ring was lost."""
    decide_waiting(clock)


def give_out(clock: Callable[[], datetime]) -> None:
    """Work that waited for the right language, or for somebody whose coming nobody told us."""
    escalate_overdue(clock())
    drain(clock())


_CHORES: Sequence[Callable[[Callable[[], datetime]], object]] = (read_forgotten, give_out)
