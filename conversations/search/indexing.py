"""Filling the index from parts, and taking out what was redacted."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction

from conversations.models import Part, SearchDocument, SearchWord
from conversations.search.words import PLAIN, PLAIN_PARAMETERS

# Numbers and strings of signs are no words anybody misspells, and must not be offered to anybody.
_IS_WORD = "lexeme ~ '^[[:alpha:]]{3,40}$'"
_LOCK = 0x70617277  # any number that nobody else uses

_INDEX = f"""
WITH fresh AS (
    INSERT INTO conversations_searchdocument (part_id, conversation_id, vector)
    SELECT id, conversation_id, to_tsvector('parley', {PLAIN.format(column="body")})
    FROM conversations_part
    WHERE id = ANY(%s) AND kind IN ('message', 'note') AND redacted_at IS NULL AND body <> ''
    ORDER BY id
    ON CONFLICT (part_id) DO NOTHING
    RETURNING vector
)
INSERT INTO conversations_searchword AS known (word, uses)
SELECT lexeme, count(*) FROM fresh, unnest(fresh.vector) WHERE {_IS_WORD} GROUP BY lexeme ORDER BY lexeme
ON CONFLICT (word) DO UPDATE SET uses = known.uses + excluded.uses
"""  # noqa: S608 - our own text; values go as parameters
_FORGET = f"""
WITH gone AS (
    DELETE FROM conversations_searchdocument WHERE part_id = ANY(%s) RETURNING vector
), less AS (
    SELECT lexeme, count(*) AS uses FROM gone, unnest(gone.vector) WHERE {_IS_WORD} GROUP BY lexeme
)
UPDATE conversations_searchword AS known SET uses = greatest(known.uses - less.uses, 0)
FROM less WHERE known.word = less.lexeme RETURNING known.word, known.uses
"""  # noqa: S608


def index(parts: Sequence[UUID]) -> None:
    """Make messages and notes findable, and parts that were redacted unfindable. Parts that are indexed already, and
    those that hold no text, are left alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        _alone()
        cursor.execute(_INDEX, [*PLAIN_PARAMETERS, list(parts)])
        redacted = Part.objects.filter(pk__in=parts, redacted_at__isnull=False, search_document__isnull=False)
        if keys := list(redacted.values_list("pk", flat=True)):
            forget(keys)


def forget(parts: Sequence[UUID]) -> None:
    """Take parts out, and words that stood nowhere else: a password must not come back as a spelling suggestion."""
    with transaction.atomic(), connection.cursor() as cursor:
        _alone()
        cursor.execute(_FORGET, [list(parts)])
        unused = [word for word, uses in cursor.fetchall() if uses == 0]
        SearchWord.objects.filter(pk__in=unused, uses=0).delete()


def missing(after: UUID | None, limit: int) -> list[UUID]:
    """The next keys of parts that should be in the index and are not."""
    parts = Part.objects.filter(kind__in=("message", "note"), redacted_at__isnull=True, search_document__isnull=True)
    parts = parts.exclude(body="").order_by("pk")
    if after is not None:
        parts = parts.filter(pk__gt=after)
    return list(parts.values_list("pk", flat=True)[:limit])


def clear() -> None:
    """Empty the index, to fill it anew."""
    with transaction.atomic():
        _alone()
        SearchDocument.objects.all().delete()
        SearchWord.objects.all().delete()


def _alone() -> None:
    """One writer of the vocabulary at a time: two with the same words in another order would block each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
