"""What one may pick from: agents, teams, topics, statuses and tags."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from conversations.models import State, Status, Tag, Topic
from conversations.views.inbox.answers import answer, in_json
from people.models import Agent, Team

TAGS = 500


@require_GET
@in_json
def choices(request: HttpRequest) -> HttpResponse:
    return answer(
        {
            "agents": _agents(),
            "teams": [{"id": str(team.pk), "name": team.name, "hint": team.specialty} for team in Team.objects.all()],
            "topics": _named(Topic.objects.all()),
            "statuses": [{**each, "state": status.state} for each, status in _with(Status.objects.all())],
            "tags": list(Tag.objects.values_list("name", flat=True)[:TAGS]),
        }
    )


def _agents() -> list[dict[str, Any]]:
    busy = Count("conversations", filter=Q(conversations__state=State.OPEN))
    agents = Agent.objects.filter(is_active=True).annotate(busy=busy)
    return [
        {"id": str(agent.pk), "name": str(agent), "availability": agent.availability, "open": agent.busy}
        for agent in agents
    ]


def _named(rows: Any) -> list[dict[str, str]]:
    return [each for each, _ in _with(rows)]


def _with(rows: Any) -> list[tuple[dict[str, str], Any]]:
    return [({"id": str(row.pk), "name": row.name}, row) for row in rows]
