"""The desk itself: one page for every view and every conversation, and what its parts ask for while it is open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_GET

from conversations import lists, serializers, sessions
from conversations.errors import BadRequest, NotFound
from conversations.models import Conversation, Draft
from conversations.views.inbox.answers import answer, embedded, in_json, viewer
from conversations.views.inbox.words import words
from people.faces import face
from people.models import Agent


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    return redirect("inbox-view", lists.DEFAULT)


@require_GET
@login_required
def view(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        chosen = lists.view_named(slug, viewer(request))
    except NotFound:
        raise Http404 from None
    return _desk(request, chosen)


@require_GET
@login_required
def conversation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A conversation beside the view it was opened from (`?in=`). A merged one leads to where it went."""
    agent = viewer(request)
    try:
        found = sessions.visible(agent, public_id)
        chosen = lists.view_named(request.GET.get("in", lists.DEFAULT), agent)
    except NotFound:
        raise Http404 from None
    if found.merged_into is not None:
        return redirect("inbox-conversation", found.merged_into.public_id)
    return _desk(request, chosen, found)


def _desk(request: HttpRequest, chosen: lists.View, found: Conversation | None = None) -> HttpResponse:
    agent = viewer(request)
    data = {
        "me": {"id": str(agent.pk), "name": str(agent)},
        "view": {"slug": chosen.slug, "order": chosen.order.name},
        "page": page_of(lists.page(chosen, agent), agent),
        "thread": thread_of(found.public_id, agent) if found else None,
        "icons": static("design/icons.svg"),
        "limits": {"file": settings.MAX_UPLOAD_BYTES},
        "csrf": get_token(request),
        "words": words(),
    }
    context = {
        "data": embedded(data),
        "view": chosen,
        "fixed": [(each, _ICONS[each.slug]) for each in lists.VIEWS.values()],
        "teams": [(lists.team_view(team), face(team.name, team.pk)) for team in lists.teams_of(agent)],
        "me": face(str(agent), agent.pk),
        "open": found,
        "more": _MORE,
    }
    return render(request, "inbox/desk.html", context)


_MORE = [
    ("assign", "add-person"),
    ("team", "team"),
    ("priority", "priority"),
    ("topic", "topic"),
    ("status", "dashed"),
    ("tags", "tag"),
    ("follow", "bell"),
    ("snooze", "snooze"),
    ("merge", "merge"),
    ("split", "split"),
    ("redact", "redact"),
    ("customer", "person"),
]
_ICONS = {
    "waiting": "clock",
    "mine": "mine",
    "unassigned": "dashed",
    "mentions": "at",
    "all": "inbox",
    "snoozed": "snooze",
    "closed": "closed",
}


@require_GET
@in_json
def rows(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of a view: from its top, `after` a cursor or `before` one."""
    agent = viewer(request)
    chosen = lists.view_named(slug, agent)
    after, before = request.GET.get("after"), request.GET.get("before")
    if after and before:
        raise BadRequest("invalid_page", "Ask for a page after a cursor or before one, not both.", field="before")
    return answer(page_of(lists.page(chosen, agent, after=after, before=before), agent))


@require_GET
@in_json
def thread(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All that opening a conversation needs."""
    return answer(thread_of(public_id, viewer(request)))


@require_GET
@in_json
def siblings(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same customer's other conversations: what this one may be merged into."""
    agent = viewer(request)
    one = sessions.visible(agent, public_id)
    others = Conversation.objects.visible_to(agent).of_customer(one.customer).exclude(pk=one.pk)
    others = others.filter(last_number__gt=0, merged_into=None).select_related(*serializers.ROW_RELATIONS)
    newest = others.prefetch_related("tags").newest_first()[: lists.PAGE]
    return answer({"rows": serializers.rows(newest, agent)})


def page_of(page: lists.Page, agent: Agent) -> dict[str, Any]:
    found = serializers.rows(page.conversations, agent)
    return {"rows": found, "first": page.first, "last": page.last, "more": page.more}


def thread_of(public_id: UUID, agent: Agent) -> dict[str, Any]:
    """Its row, its last parts and what this agent has begun to write in it."""
    conversation, row, caught = sessions.thread(agent, public_id, -1)
    drafts = Draft.objects.filter(conversation=conversation, agent=agent)
    begun = {draft.kind: {"body": draft.body, "version": draft.version} for draft in drafts}
    return {"row": row, **caught.frame(public=False), "drafts": begun}
