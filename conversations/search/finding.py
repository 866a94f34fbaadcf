"""Which parts match, newest first, one for each conversation: the newest that does.

Ordered by time and not by rank. Whoever searches a support desk wants the latest case of its kind; a rank would have to
read every match before the first page, and would shuffle pages whenever somebody writes. Parts' keys sort by time, so a
page ends at a key and the next begins there. A search sees only what was there when its first page was read (`until`):
what is written meanwhile neither repeats a conversation nor hides one.

Common words and rare words need opposite plans, and PostgreSQL has no statistics to tell them apart within somebody's
scope. So the newest parts are looked through first, which fills the page for common words in no time; where that fails,
matches are rare enough to take all of them from the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from conversations.search.scope import Scope

_WINDOWS = (4_000, 32_000)  # parts looked through before the index is asked
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
_GATHER = """
WITH hit AS MATERIALIZED (
    SELECT part_id, conversation_id FROM conversations_searchdocument
    WHERE vector @@ %(query)s::tsquery AND part_id <= %(until)s
), newest AS (
    SELECT DISTINCT ON (conversation_id) part_id, conversation_id FROM hit
    WHERE conversation_id IN ({visible}) ORDER BY conversation_id, part_id DESC
)
SELECT part_id, conversation_id FROM newest
WHERE part_id < %(before)s AND conversation_id <> ALL(%(shown)s::bigint[])
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
    for window in _WINDOWS:
        found = scope.fetch(_WALK, window=window, **given)
        if len(found) == most:
            return [(part, conversation) for part, conversation in found]
    return [(part, conversation) for part, conversation in scope.fetch(_GATHER, **given)]


def newest(scope: Scope) -> UUID:
    """The newest part there is to find."""
    rows = scope.fetch(_NEWEST)
    return rows[0][0] if rows else LAST
