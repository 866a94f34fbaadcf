"""Which conversations wait to be read: rows, so that none is missed whatever becomes of workers and rings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F

from conversations.models import Part
from triage.models import Case, Desk, Verdict

_DUE = """
INSERT INTO triage_case AS known (conversation_id, due_number, read_number, due_at, attempts, problem)
SELECT p.conversation_id, max(p.number), 0, max(p.created_at), 0, ''
FROM conversations_part p JOIN conversations_conversation c ON c.id = p.conversation_id
WHERE p.id = ANY(%s) AND p.kind = 'message' AND p.author_kind = 'customer' AND c.state <> 'closed'
GROUP BY p.conversation_id ORDER BY p.conversation_id
ON CONFLICT (conversation_id) DO UPDATE SET
    due_number = greatest(known.due_number, excluded.due_number),
    due_at = CASE WHEN known.due_number > known.read_number THEN known.due_at ELSE excluded.due_at END
"""
_ALL_OPEN = """
INSERT INTO triage_case AS known (conversation_id, due_number, read_number, due_at, attempts, problem)
SELECT p.conversation_id, max(p.number), 0, %s, 0, ''
FROM conversations_part p JOIN conversations_conversation c ON c.id = p.conversation_id
WHERE c.state = 'open' AND p.kind = 'message' AND p.author_kind = 'customer'
GROUP BY p.conversation_id ORDER BY p.conversation_id
ON CONFLICT (conversation_id) DO UPDATE SET
    due_number = greatest(known.due_number, excluded.due_number),
    read_number = 0, due_at = excluded.due_at, attempts = 0
"""


def mark_due(parts: Sequence[UUID]) -> None:
    """Conversations of these parts have something new to read, if a customer wrote it. Called in the transaction that
    serves the parts' outbox rows, so nothing written while triage is on is ever missed."""
    if Desk.current().mode == Desk.Mode.OFF:
        return
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [list(parts)])


def mark_all_open(now: datetime) -> int:
    """Every open conversation is to be read, also those that were read before; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL_OPEN, [now])
        return int(cursor.rowcount)


def forget_words(parts: Sequence[UUID]) -> None:
    """Reasons quote what was written, so they go with it, and the conversation is read again without it.

    Under the cases' locks, as verdicts are stored: a verdict that quotes it is either there by now, or its reader finds
    when it stores it that something was taken away."""
    keys = list(Part.objects.filter(pk__in=parts).values_list("conversation", flat=True).distinct())
    cases = Case.objects.filter(conversation__in=keys)
    list(cases.select_for_update().order_by("pk").values_list("pk", flat=True))
    Verdict.objects.filter(conversation__in=keys).update(reasons={})
    cases.update(read_number=0, problem="")


def has_waited(since: datetime) -> bool:
    """Whether a conversation could have been read at `since` already."""
    return Case.objects.filter(due_number__gt=F("read_number"), due_at__lte=since).exists()
