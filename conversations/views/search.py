"""The inbox's search field."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from conversations import serializers
from conversations.search import Found, search
from conversations.search.persons import Person
from conversations.views.inbox.answers import answer, in_json, viewer


@require_GET
@in_json
def inbox_search(request: HttpRequest) -> HttpResponse:
    """A page of results; with the first one come people."""
    agent = viewer(request)
    found = search(agent, request.GET.get("q", ""), request.GET.get("cursor") or None)
    rows = serializers.rows([result.conversation for result in found.results], agent)
    return answer(
        {
            "results": _results(found, rows),
            "people": [_person(person) for person in found.people],
            "corrected": found.corrected,
            "next": found.next,
        }
    )


def _results(found: Found, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"row": row, "snippet": result.snippet, "part_number": result.part_number, "kind": result.kind}
        for row, result in zip(rows, found.results, strict=True)
    ]


def _person(person: Person) -> dict[str, Any]:
    customer = person.customer
    return {
        "id": customer.public_id,
        "name": customer.display_name,
        "address": person.address,
        "company": str(customer.company) if customer.company else None,
        "conversations": person.conversations,
    }
