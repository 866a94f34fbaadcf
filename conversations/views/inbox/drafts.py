"""What an agent has begun to write."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from conversations import actions, sessions
from conversations.errors import EditConflict, NotFound
from conversations.models import Draft
from conversations.views.inbox.answers import Fields, answer, in_json, refused, viewer


@require_http_methods(["PUT"])
@in_json
def draft(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """Save a draft over the `version` it was begun from (0: there was none). When another device saved in between, both
    texts come back and nothing is overwritten."""
    if kind not in Draft.Kind.values:
        raise NotFound
    agent, fields = viewer(request), Fields(request)
    conversation = sessions.visible(agent, public_id)
    body, version = fields.text("body"), fields.number("version", 0)
    fields.done()
    try:
        saved = actions.save_draft(conversation, by=agent, kind=kind, body=body, version=version, now=timezone.now())
    except EditConflict as conflict:
        stored = Draft.objects.filter(conversation=conversation, agent=agent, kind=kind).first()
        theirs = {"body": stored.body, "version": stored.version} if stored else {"body": "", "version": 0}
        return refused(conflict, yours={"body": body, "version": version}, stored=theirs)
    return answer({"version": saved.version})
