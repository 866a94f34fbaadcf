"""Misspelt words, put right by the desk's own vocabulary."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.search.query import Query
from conversations.search.scope import Scope

_COMMON = 1000  # a word used this often is nobody's secret
_SHORTEST = 4
_MOST = 6  # words of one query
_CANDIDATES = 200

_LEXEMES = """
SELECT word, (SELECT min(lexeme) FROM unnest(to_tsvector('parley', word)))
FROM unnest(%(words)s::text[]) AS word
"""
_USES = """
SELECT coalesce(sum(uses), 0) FROM conversations_searchword
WHERE word = %(lexeme)s OR %(begun)s AND word LIKE %(lexeme)s || '%%'
"""
# Two letters that changed places leave few trigrams of a short word as they were, so those spellings are looked up too.
_NEAR = """
SELECT word, uses FROM conversations_searchword
WHERE (word %% %(lexeme)s OR word = ANY(%(swapped)s)) AND abs(length(word) - length(%(lexeme)s)) <= 2
ORDER BY word = ANY(%(swapped)s) DESC, similarity(word, %(lexeme)s) DESC, uses DESC LIMIT %(most)s
"""
# Materialised, and each hit asked for by itself (OFFSET 0): the planner would rather walk through everything the agent
# sees, hoping to meet the word early, or gather all of it for the sake of a few hits.
_SEEN = """
WITH hit AS MATERIALIZED (
    SELECT conversation_id FROM conversations_searchdocument WHERE vector @@ to_tsquery('simple', %(lexeme)s)
)
SELECT EXISTS (
    SELECT FROM hit, LATERAL (SELECT FROM ({visible}) AS seen (id) WHERE seen.id = hit.conversation_id OFFSET 0) AS one
)
"""
_THRESHOLD = "SELECT set_config('pg_trgm.similarity_threshold', '0.22', true)"


def corrections(query: Query, scope: Scope) -> dict[str, str]:
    """Words of a query that stand nowhere the viewer can see, with the nearest that do. Call it in a transaction.

    What the viewer cannot see is unknown to them: else a rare word of somebody else's conversation would come back as a
    suggestion, or tell by its absence that it is there.
    """
    found: dict[str, str] = {}
    for word, lexeme, begun in _doubtful(query, scope):
        if not _is_known(lexeme, scope, begun=begun) and (better := _nearest(lexeme, scope)):
            found[word] = better
    return found


def _doubtful(query: Query, scope: Scope) -> list[tuple[str, str, bool]]:
    terms = [term for term in query.wanted if not term.exact]
    begun = {term.words[-1] for term in terms if term.begun}
    words = dict.fromkeys(word for term in terms for word in term.words if word.isalpha() and len(word) >= _SHORTEST)
    rows = scope.fetch(_LEXEMES, words=list(words)[:_MOST]) if words else []
    return [(word, lexeme, word in begun) for word, lexeme in rows if lexeme]


def _is_known(lexeme: str, scope: Scope, *, begun: bool) -> bool:
    ((uses,),) = scope.fetch(_USES, lexeme=lexeme, begun=begun)
    if uses == 0 or uses >= _COMMON or scope.agent.sees_everything:
        return bool(uses)
    return _is_seen(f"'{lexeme}':*" if begun else f"'{lexeme}'", scope)


def _nearest(lexeme: str, scope: Scope) -> str | None:
    scope.fetch(_THRESHOLD)
    rows = scope.fetch(_NEAR, lexeme=lexeme, swapped=list(_swapped(lexeme)), most=_CANDIDATES)
    allowed = 1 if len(lexeme) <= _SHORTEST else 2
    near = [(distance(lexeme, word), -uses, word) for word, uses in rows]
    for _, uses, word in sorted(each for each in near if each[0] <= allowed)[:5]:
        if -uses >= _COMMON or scope.agent.sees_everything or _is_seen(f"'{word}'", scope):
            return str(word)
    return None


def _is_seen(tsquery: str, scope: Scope) -> bool:
    return bool(scope.fetch(_SEEN, lexeme=tsquery)[0][0])


def _swapped(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))


def distance(one: str, other: str) -> int:
    """How many letters were changed, left out, put in, or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one):
        earlier, before, row = before, row, [at + 1]
        for to, wanted in enumerate(other):
            cost = min(before[to + 1] + 1, row[to] + 1, before[to] + (letter != wanted))
            if at and to and letter == other[to - 1] and one[at - 1] == wanted:
                cost = min(cost, earlier[to - 1] + 1)
            row.append(cost)
    return row[-1]
