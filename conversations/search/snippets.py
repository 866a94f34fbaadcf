"""What of a part is shown, and which of its words were looked for: segments, never HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from django.db import connection

from conversations.search.words import PLAIN, PLAIN_PARAMETERS, START, STOP, revealed

_WHOLE = 200  # characters of a text that is shown from end to end; fragments lose the signs at their ends
_MARKS = f'StartSel="{START}", StopSel="{STOP}", '
_SHORT = f"{_MARKS}HighlightAll=true"
_LONG = f'{_MARKS}ShortWord=0, MaxWords=32, MinWords=14, MaxFragments=2, FragmentDelimiter=" … "'
_SELECT = f"""
SELECT id, number, kind, ts_headline(
    'parley', {PLAIN.format(column="body")}, %s::tsquery, CASE WHEN length(body) <= %s THEN %s ELSE %s END
)
FROM conversations_part WHERE id = ANY(%s) AND redacted_at IS NULL
"""  # noqa: S608 - our own text; values go as parameters


class Segment(TypedDict):
    """A stretch of text; `hit` when it is what was looked for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    number: int
    kind: str
    snippet: Sequence[Segment]


def excerpts(parts: Sequence[UUID], tsquery: str) -> dict[UUID, Excerpt]:
    """By part. One that was redacted in the meantime is absent."""
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, [*PLAIN_PARAMETERS, tsquery, _WHOLE, _SHORT, _LONG, list(parts)])
        return {row[0]: Excerpt(row[1], row[2], segments(row[3])) for row in cursor.fetchall()}


def segments(marked: str) -> list[Segment]:
    """Text with marks around its hits, cut at them; line ends become blanks."""
    flat = revealed(" ".join(marked.split()))
    found: list[Segment] = []
    for index, stretch in enumerate(flat.split(START)):
        hit, stop, rest = stretch.rpartition(STOP) if index else ("", "", stretch)
        found += [{"text": hit, "hit": True}] if stop else []
        found += [{"text": rest, "hit": False}] if rest else []
    return found
