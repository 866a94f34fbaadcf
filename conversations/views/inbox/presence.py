"""Whether an agent is there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from conversations.errors import BadRequest
from conversations.views.inbox.answers import Fields, answer, in_json, viewer
from people.actions import set_availability
from people.models import Availability


@require_http_methods(["PUT"])
@in_json
def availability(request: HttpRequest) -> HttpResponse:
    """Say that one is there, or away and why."""
    agent, fields = viewer(request), Fields(request)
    wanted, reason = fields.text("availability"), fields.text("reason", "")
    fields.done()
    if wanted not in Availability.values:
        raise BadRequest("unknown_value", f"One of: {', '.join(Availability.values)}.", field="availability")
    set_availability(agent, Availability(wanted), reason=reason, now=timezone.now())
    return answer({"availability": agent.availability, "away_reason": agent.away_reason})
