"""Customers by name, address or company, as far as the viewer may see a conversation of theirs."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from conversations.search.query import Query
from conversations.search.scope import Scope
from people.models import Customer

_SHORTEST = 3
_MOST = 5
_OF_ONE_COMPANY = 100

_NEAR = """
WITH near AS (
    SELECT id, word_similarity(%(text)s, name) AS score FROM people_customer WHERE %(text)s <%% name
    UNION ALL
    SELECT customer_id, word_similarity(%(text)s, value) FROM people_address WHERE %(text)s <%% value
    UNION ALL
    (SELECT c.id, word_similarity(%(text)s, co.name) * 0.9
     FROM people_company co JOIN people_customer c ON c.company_id = co.id
     WHERE %(text)s <%% co.name ORDER BY c.last_seen_at DESC NULLS LAST LIMIT %(of_one_company)s)
), best AS (
    SELECT id, max(score) AS score FROM near GROUP BY id
)
SELECT best.id FROM best
WHERE EXISTS (SELECT FROM conversations_conversation c WHERE c.customer_id = best.id AND c.id IN ({visible}))
ORDER BY score DESC, id DESC LIMIT %(most)s
"""
_COUNTS = """
SELECT customer_id, count(*) FROM conversations_conversation
WHERE customer_id = ANY(%(customers)s) AND id IN ({visible}) GROUP BY customer_id
"""
_LATEST = """
SELECT id FROM conversations_conversation
WHERE customer_id = ANY(%(customers)s) AND id IN ({visible}) ORDER BY last_part_at DESC, id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Person:
    customer: Customer
    address: str
    conversations: int  # that the viewer may see
    named: bool  # exactly what was typed, not only something like it


def persons(query: Query, scope: Scope) -> list[Person]:
    """The few that resemble what was typed most."""
    text = query.text.strip('"# ')
    if len(text) < _SHORTEST or not query.wanted:
        return []
    keys = [key for (key,) in scope.fetch(_NEAR, text=text, of_one_company=_OF_ONE_COMPANY, most=_MOST)]
    counts = dict(scope.fetch(_COUNTS, customers=keys)) if keys else {}
    found = Customer.objects.select_related("company").prefetch_related("addresses").in_bulk(keys)
    return [_person(found[key], counts.get(key, 0), query) for key in keys]


def latest(people: list[Person], scope: Scope, most: int) -> list[int]:
    """Keys of the latest conversations of the people who were named."""
    keys = [person.customer.pk for person in people if person.named]
    return [key for (key,) in scope.fetch(_LATEST, customers=keys, most=most)] if keys else []


def _person(customer: Customer, conversations: int, query: Query) -> Person:
    addresses = [address.value for address in customer.addresses.all()]
    names = [customer.name, customer.company.name if customer.company else "", *addresses]
    named = any(_says(name, query) for name in names) or query.text.lower() in addresses
    return Person(customer, addresses[0] if addresses else "", conversations, named)


def _says(name: str, query: Query) -> bool:
    """Whether every word that was typed is one of a name's."""
    return {_folded(word) for word in query.words} <= {_folded(word) for word in name.split()}


def _folded(word: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
