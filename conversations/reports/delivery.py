"""Whether the delivery promises of docs/protocol.md hold for everything that is stored.

Each promise is one statement that selects what breaks it: no row, no problem. They read one snapshot, so that a busy
desk can be checked while it works.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from conversations.models import OutboxRow
from conversations.sessions import snapshot

SHOWN = 5  # examples of each broken promise


@dataclass(frozen=True, slots=True)
class Promise:
    name: str
    about: str
    breaches: str  # SELECT of one text column that names each offender


@dataclass(frozen=True, slots=True)
class Finding:
    promise: Promise
    count: int
    examples: Sequence[str]


_NUMBERED = """
SELECT '#' || c.id FROM conversations_conversation c LEFT JOIN (
    SELECT conversation_id, count(*) AS parts, min(number) AS first, max(number) AS last
    FROM conversations_part GROUP BY conversation_id
) p ON p.conversation_id = c.id
WHERE coalesce(p.parts, 0) <> c.last_number OR p.first <> 1 OR p.last <> p.parts"""

_NUMBERED_PUBLICLY = """
SELECT '#' || c.id FROM conversations_conversation c LEFT JOIN (
    SELECT conversation_id, count(*) AS parts, min(public_number) AS first, max(public_number) AS last
    FROM conversations_part WHERE public_number IS NOT NULL GROUP BY conversation_id
) p ON p.conversation_id = c.id
WHERE coalesce(p.parts, 0) <> c.last_public_number OR p.first <> 1 OR p.last <> p.parts"""

_SAME_ORDER = """
SELECT '#' || conversation_id || '/' || number FROM (
    SELECT conversation_id, number, public_number, lag(public_number) OVER turn AS before
    FROM conversations_part WHERE public_number IS NOT NULL
    WINDOW turn AS (PARTITION BY conversation_id ORDER BY number)
) p WHERE public_number <= before"""

_ONCE = """
SELECT '#' || conversation_id || ' ' || client_id FROM conversations_part
WHERE client_id IS NOT NULL GROUP BY conversation_id, client_id HAVING count(*) > 1"""

_HIDDEN = """
SELECT '#' || conversation_id || '/' || number FROM conversations_part
WHERE kind = 'note' AND public_number IS NOT NULL"""

_SERVED = """
SELECT concat_ws(' ', o.id, o.topic, nullif(o.error, '')) FROM conversations_outboxrow o
JOIN conversations_part p ON p.id = o.part_id WHERE p.created_at < %(late)s"""

_FOUND = """
SELECT '#' || p.conversation_id || '/' || p.number FROM conversations_part p
LEFT JOIN conversations_searchdocument d ON d.part_id = p.id
WHERE d.part_id IS NULL AND p.kind IN ('message', 'note') AND p.body <> '' AND p.redacted_at IS NULL
    AND NOT EXISTS (SELECT FROM conversations_outboxrow o WHERE o.part_id = p.id) AND p.created_at < %(late)s"""

_BOUND = """
SELECT id::text FROM conversations_attachment
WHERE part_id IS NULL AND removed_at IS NULL AND created_at < %(stale)s"""

PROMISES = (
    Promise("numbers", "parts are numbered 1 … n, and the conversation knows n", _NUMBERED),
    Promise("public numbers", "what customers see is numbered 1 … n too", _NUMBERED_PUBLICLY),
    Promise("one order", "both numberings tell the same order", _SAME_ORDER),
    Promise("once", "no client_id is stored twice in a conversation", _ONCE),
    Promise("notes", "no note has a number customers see", _HIDDEN),
    Promise("outbox", "no consequence has waited longer than a minute", _SERVED),
    Promise("search", "every text has been made findable", _FOUND),
    Promise("attachments", "no upload lies about unsent for longer than two days", _BOUND),
)
LATE, STALE = timedelta(minutes=1), timedelta(days=2)


def check(now: datetime) -> list[Finding]:
    """Look for breaches of every promise."""
    times = {"late": now - LATE, "stale": now - STALE}
    with snapshot(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # all of a large desk takes a while, and nobody waits
        return [_look(promise, times) for promise in PROMISES]


def _look(promise: Promise, times: dict[str, datetime]) -> Finding:
    with connection.cursor() as cursor:
        query = f"SELECT breach, count(*) OVER () FROM ({promise.breaches}) AS found (breach) LIMIT {SHOWN}"  # noqa: S608
        cursor.execute(query, times)
        rows = cursor.fetchall()
    return Finding(promise, rows[0][1] if rows else 0, [row[0] for row in rows])


def waiting() -> int:
    """Consequences in the outbox that have not been drawn yet."""
    return OutboxRow.objects.count()
