"""Search: the conversations an agent may see, by what was said in them, by whom, and by reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext_lazy as _

from conversations.errors import BadRequest
from conversations.models import Conversation
from conversations.search import finding, persons, snippets, spelling
from conversations.search.finding import Place
from conversations.search.persons import Person
from conversations.search.query import Query, parse
from conversations.search.scope import Scope
from conversations.search.snippets import Segment
from conversations.serializers import ROW_RELATIONS
from conversations.sessions import snapshot
from people.models import Agent

PAGE = 20
_OF_PERSONS = 5  # conversations of somebody who was named, above those that only mention the name
_SALT = "parley.search.cursor"
_TSQUERY = "SELECT ({sql})::text"


@dataclass(frozen=True, slots=True)
class Result:
    """`kind`: message or note, then `part_number` says which; customer or reference, then there is no part."""

    conversation: Conversation
    kind: str
    snippet: Sequence[Segment]
    part_number: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    results: Sequence[Result] = ()
    people: Sequence[Person] = ()
    corrected: Mapping[str, str] = field(default_factory=dict)  # what was typed → what was looked for
    next: str | None = None


def search(agent: Agent, text: str, cursor: str | None = None) -> Found:
    """A page of what `agent` may see of it. People, and conversations found by reference or by whose they are, come
    with the first page only.

    Raises:
        BadRequest: query_too_long, control_characters, or invalid_cursor for one of another search.
    """
    query = parse(text)
    opened = _opened(cursor, agent, query) if cursor else None
    if not agent.is_active or not (query.terms or query.references):
        return Found()
    with snapshot():
        scope = Scope.of(agent)
        return _page(query, scope, *opened) if opened else _first_page(query, scope)


def _first_page(query: Query, scope: Scope) -> Found:
    people = persons.persons(query, scope)
    named = _visible(scope, [*query.references, *persons.latest(people, scope, _OF_PERSONS)])
    direct = [_direct(conversation, query) for conversation in named.values()]
    place = Place(finding.newest(scope), shown=list(named))
    page = _page(query, scope, place, {} if named else spelling.corrections(query, scope))
    return Found([*direct, *page.results], people, page.corrected, page.next)


def _page(query: Query, scope: Scope, place: Place, corrected: Mapping[str, str]) -> Found:
    tsquery = _tsquery(query.corrected(corrected), scope)
    matches = finding.matches(tsquery, scope, place, PAGE + 1) if tsquery else []
    page = matches[:PAGE]
    excerpts = snippets.excerpts([part for part, _ in page], tsquery)
    seen = _visible(scope, [key for _, key in page])
    results = [
        Result(seen[key], excerpt.kind, excerpt.snippet, excerpt.number)
        for part, key in page
        if (excerpt := excerpts.get(part)) and key in seen
    ]
    if len(matches) <= PAGE:
        return Found(results, (), corrected)
    rest = Place(place.until, page[-1][0], place.shown)
    return Found(results, (), corrected, _sealed(rest, corrected, scope.agent, query))


def _tsquery(query: Query, scope: Scope) -> str:
    """Empty when there is nothing to look for, such as with signs alone."""
    if not query.wanted:
        return ""
    sql, values = query.sql()
    names = [f"word_{number}" for number in range(len(values))]
    named = sql % tuple(f"%({name})s" for name in names)
    return str(scope.fetch(_TSQUERY.format(sql=named), **dict(zip(names, values, strict=True)))[0][0])


def _visible(scope: Scope, keys: Sequence[int]) -> dict[int, Conversation]:
    """In the order of `keys`."""
    seen = Conversation.objects.visible_to(scope.agent).select_related(*ROW_RELATIONS).prefetch_related("tags")
    found = seen.in_bulk(list(keys)) if keys else {}
    return {key: found[key] for key in keys if key in found}


def _direct(conversation: Conversation, query: Query) -> Result:
    name = conversation.customer.display_name
    rest: Segment = {"text": f" {conversation.snippet}".rstrip(), "hit": False}
    by_reference = conversation.pk in query.references
    first: Segment = {"text": conversation.reference if by_reference else name, "hit": True}
    return Result(conversation, "reference" if by_reference else "customer", [first, rest] if rest["text"] else [first])


def _sealed(place: Place, corrected: Mapping[str, str], agent: Agent, query: Query) -> str:
    where = [place.until.hex, place.before.hex, list(place.shown), dict(corrected)]
    return signing.dumps([agent.pk, query.text, where], salt=_SALT)


def _opened(cursor: str, agent: Agent, query: Query) -> tuple[Place, Mapping[str, str]]:
    """Corrections travel along: on every page the same words are looked for."""
    try:
        whose, text, where = signing.loads(cursor, salt=_SALT)
        if (whose, text) == (agent.pk, query.text):
            until, before, shown, corrected = where
            return Place(UUID(until), UUID(before), shown), corrected
    except signing.BadSignature:
        pass
    raise BadRequest("invalid_cursor", _("That page belongs to another search; start at its top."), field="cursor")
