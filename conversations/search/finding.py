"""Which parts match, newest first, one for each conversation: the newest that does.

Ordered by time and not by rank. Whoever searches a support desk wants the latest case of its kind; a rank would have to
read every match before the first page, and would shuffle pages whenever somebody writes. Parts' keys sort by time, so a
page ends at a key and the next begins there. A search sees only what was there when its first page was read (`until`):
what is written meanwhile neither repeats a conversation nor hides one.

Common and rare words, and large and small scopes, need opposite plans, and PostgreSQL has no statistics to tell them
apart. So the newest parts are looked through first, which fills the page for common words in no time. Where that fails,
somebody who sees little is shown what there is of theirs, and for all others matches are rare enough to take every one
of them from the index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from conversations.search.scope import Scope

_WINDOWS = (4_000, 32_000)  # parts looked through first
_LITTLE = 3_000  # conversations that are read through sooner than the index of everything
LAST = UUID(int=2**128 - 1)

_WALK = """
SELECT d.part_id, d.conversation_id
FROM (
    SELECT part_id, conversation_id, vector FROM conversations_searchdocument
    WHERE part_id < %(before)s AND part_id <= %(until)s ORDER BY part_id DESC LIMIT %(window)s
) AS d
WHERE d.vector @@ %(query)s::tsquery
  AND d.conversation_id <> ALL(%(shown)s::bigint[])
  AND d.conversation_id IN ({visible})
  AND NOT EXISTS (
    SELECT FROM conversations_searchdocument n
    WHERE n.conversation_id = d.conversation_id AND n.part_id > d.part_id AND n.part_id <= %(until)s
      AND n.vector @@ %(query)s::tsquery
  )
ORDER BY d.part_id DESC LIMIT %(most)s
"""
_COUNT = "SELECT count(*) FROM (SELECT FROM ({visible}) AS seen LIMIT %(most)s) AS few"
# OFFSET 0, here and below: what stands before it is asked for row by row, whatever the planner believes.
_READ_THROUGH = """
WITH newest AS (
    SELECT DISTINCT ON (seen.id) own.part_id, seen.id AS conversation_id
    FROM ({visible}) AS seen (id), LATERAL (
        SELECT part_id FROM conversations_searchdocument
        WHERE conversation_id = seen.id AND part_id <= %(until)s AND vector @@ %(query)s::tsquery OFFSET 0
    ) AS own
    ORDER BY seen.id, own.part_id DESC
)
SELECT part_id, conversation_id FROM newest
WHERE part_id < %(before)s AND conversation_id <> ALL(%(shown)s::bigint[])
ORDER BY part_id DESC LIMIT %(most)s
"""
_GATHER = """
WITH hit AS MATERIALIZED (
    SELECT part_id, conversation_id FROM conversations_searchdocument
    WHERE vector @@ %(query)s::tsquery AND part_id <= %(until)s
), newest AS MATERIALIZED (
    SELECT DISTINCT ON (conversation_id) part_id, conversation_id FROM hit ORDER BY conversation_id, part_id DESC
)
SELECT part_id, conversation_id FROM (
    SELECT * FROM newest WHERE part_id < %(before)s AND conversation_id <> ALL(%(shown)s::bigint[])
    ORDER BY part_id DESC
) AS next, LATERAL (SELECT FROM ({visible}) AS seen (id) WHERE seen.id = next.conversation_id OFFSET 0) AS one
ORDER BY part_id DESC LIMIT %(most)s
"""
_NEWEST = "SELECT part_id FROM conversations_searchdocument ORDER BY part_id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: below the part `before`, as of `until`, without the conversations `shown` above."""

    until: UUID
    before: UUID = LAST
    shown: Sequence[int] = ()


Match = tuple[UUID, int]  # part, conversation


def matches(tsquery: str, scope: Scope, place: Place, most: int) -> list[Match]:
    """At most `most` of them."""
    given = {"query": tsquery, "until": place.until, "before": place.before, "shown": list(place.shown), "most": most}
    found: list[tuple[Any, ...]] = []
    for template, parameters in _plans(scope, given):
        found = scope.fetch(template, **parameters)
        if len(found) == most:
            break
    return [(part, conversation) for part, conversation in found]


def _plans(scope: Scope, given: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """From the one that is over soonest to one that finds everything."""
    walks = [(_WALK, {**given, "window": window}) for window in _WINDOWS]
    yield from walks[:1]
    if _sees_little(scope):
        yield _READ_THROUGH, given
        return
    yield from walks[1:]
    yield _GATHER, given


def _sees_little(scope: Scope) -> bool:
    if scope.agent.sees_everything:
        return False
    ((count,),) = scope.fetch(_COUNT, most=_LITTLE + 1)
    return bool(count <= _LITTLE)


def newest(scope: Scope) -> UUID:
    """The newest part there is to find."""
    rows = scope.fetch(_NEWEST)
    return rows[0][0] if rows else LAST
