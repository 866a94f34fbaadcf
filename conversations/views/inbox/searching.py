"""The search page; over the inbox a popup shows the same results."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django_htmx.middleware import HtmxDetails

from conversations.errors import BadRequest
from conversations.search import Found, search
from conversations.views.inbox.answers import viewer
from people.faces import face


class _Request(HttpRequest):
    htmx: HtmxDetails


@require_GET
@login_required
def page(request: _Request) -> HttpResponse:
    """Everything that was found; only the results where the popup asks."""
    query, problem = request.GET.get("q", "").strip(), ""
    found = Found()
    try:
        found = search(viewer(request), query, request.GET.get("cursor") or None)
    except BadRequest as refusal:
        problem = refusal.message
    context = {
        "query": query,
        "problem": problem,
        "results": [_shown(result) for result in found.results],
        "people": [(person, face(person.customer.display_name, person.customer.public_id)) for person in found.people],
        "corrected": found.corrected,
        "next": found.next,
        "popup": bool(request.htmx),
    }
    return render(request, "inbox/hits.html" if request.htmx else "inbox/search.html", context)


def _shown(result: Any) -> dict[str, Any]:
    customer = result.conversation.customer
    return {
        "conversation": result.conversation,
        "kind": result.kind,
        "snippet": result.snippet,
        "number": result.part_number,
        "face": face(customer.display_name, customer.public_id),
    }
