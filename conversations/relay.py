"""Works off the outbox: hands each row to whoever has a consequence to draw from it, and forgets it then.

A row goes only after its consequences are stored and siblings were told, so a relay that is killed anywhere does some
of it twice and none of it never; whoever registers here can bear to hear a thing twice. Rows of one conversation are
served in their order, because one relay runs at a time; only a row that failed comes after its successors.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from conversations.errors import first_line
from conversations.models import OutboxRow
from conversations.signals import parts_posted

log = logging.getLogger(__name__)

Handler = Callable[[Sequence[UUID]], object]  # keys of parts, in the order of their rows

BATCH = 500
LONGEST_PAUSE = timedelta(hours=1)
_LOCK = 0x7061726C6579  # any number that nobody else uses

_handlers: dict[str, list[Handler]] = {}


def register(topic: str, handler: Handler) -> None:
    """Call `handler` for rows of `topic`, inside the transaction that serves them."""
    handlers = _handlers.setdefault(topic, [])
    if handler not in handlers:
        handlers.append(handler)


def has_waited(since: datetime) -> bool:
    """Whether a row could have been served at `since` already."""
    return OutboxRow.objects.filter(available_at__lte=since).exists()


def drain(clock: Callable[[], datetime]) -> int:
    """Serve rows until none is left; how many. Returns at once where another relay is at work.

    Looking once more after the lock is given back closes a gap: a row may come just after the last look, while its own
    ring still finds the lock taken.
    """
    served = 0
    while has_waited(clock()):
        with _alone() as alone:
            count = sum(iter(lambda: work_off(clock()), 0)) if alone else 0
        if not count:
            break
        served += count
    return served


def work_off(now: datetime) -> int:
    """Serve one batch; how many rows it had, those included that failed and will be tried again later."""
    with transaction.atomic():
        due = OutboxRow.objects.select_for_update(skip_locked=True).filter(available_at__lte=now)
        rows = list(due.order_by("pk")[:BATCH])
        served = [row for topic, some in groupby(rows, _topic) for row in _serve(topic, list(some), now)]
    _tell(served)
    OutboxRow.objects.filter(pk__in=[row.pk for row in served]).delete()
    return len(rows)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other relay runs. The lock goes with the connection, so a killed relay cannot keep it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (alone,) = cursor.fetchone() or (False,)
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _topic(row: OutboxRow) -> str:
    return row.topic


def _serve(topic: str, rows: Sequence[OutboxRow], now: datetime) -> list[OutboxRow]:
    """The rows that were served: all together, or else each for itself, so that a bad one holds up no other."""
    problem = _hand_out(topic, rows)
    if problem is None:
        return list(rows)
    if len(rows) == 1:
        _postpone(rows[0], problem, now)
        return []
    return [row for each in rows for row in _serve(topic, [each], now)]


def _hand_out(topic: str, rows: Sequence[OutboxRow]) -> Exception | None:
    keys = [row.part_id for row in rows if row.part_id is not None]
    try:
        with transaction.atomic():
            for handler in _handlers.get(topic, ()):
                handler(keys)
    except (OperationalError, InterfaceError):
        raise  # the database is away: no row's fault
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is stored with the row and logged
        return problem
    return None


def _postpone(row: OutboxRow, problem: Exception, now: datetime) -> None:
    """Later, and later still after each failure, for ever: a consequence is never given up."""
    log.error("outbox row %s (%s) failed: %s", row.pk, row.topic, first_line(problem))
    attempts = row.attempts + 1
    pause = min(timedelta(seconds=2 ** min(attempts, 12)), LONGEST_PAUSE)
    OutboxRow.objects.filter(pk=row.pk).update(
        attempts=min(attempts, 32_767), available_at=now + pause, error=first_line(problem)
    )


def _tell(served: Sequence[OutboxRow]) -> None:
    parts = [row.part_id for row in served if row.topic == "part" and row.part_id is not None]
    if parts:
        parts_posted.send_robust(sender=OutboxRow, parts=parts)
