"""What triage thinks of a conversation, beside its thread: a suggestion, its reasons, and how to tell it better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import F, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from conversations import actions as verbs
from conversations import sessions
from conversations.errors import NotFound
from conversations.models import Conversation, Part, Topic
from conversations.views.inbox.answers import viewer
from conversations.views.inbox.customer import language_name
from conversations.views.inbox.nouns import Doing, noun
from people.models import Agent
from triage import actions
from triage.models import Case, Correction, Decision, Desk, Verdict
from triage.serializers import priority_name
from triage.views import words
from triage.views.pulls import pull

FRESH = timedelta(seconds=10)
_RELATED = ("topic", "team", "assignee")
_TEAM_KINDS = (Decision.Kind.TEAM, Decision.Kind.ESCALATED, Decision.Kind.ABSTAINED)


@require_GET
@login_required
def card(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The card as a fragment; with `?why` the whole of it."""
    try:
        conversation = sessions.visible(viewer(request), public_id, related=_RELATED)
    except NotFound:
        raise Http404 from None
    context = _summary(conversation, viewer(request))
    if "why" in request.GET and context["verdict"]:
        context |= {
            "why": True,
            **_details(conversation, context["verdict"], viewer(request), noted=bool(context["noted"])),
        }
    response = render(request, "triage/card.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _confirm(doing: Doing) -> None:
    topic = doing.fields.number("topic", 0)
    doing.fields.done()
    actions.confirm(doing.conversation, by=doing.by, now=doing.now, topic=topic or None)


confirmation = noun(POST=_confirm)


def _summary(conversation: Conversation, agent: Agent) -> dict[str, Any]:
    """The line that is always there."""
    last = Verdict.objects.filter(conversation=conversation, is_last=True)
    verdict = last.select_related("topic").first()
    return {
        "conversation": conversation,
        "verdict": verdict,
        "pending": _is_coming(conversation, verdict, timezone.now()),
        "noted": _noted(conversation, agent),
        "sure": bool(verdict and verdict.is_sure and verdict.topic),
        "words": _weighed(verdict, "topic") if verdict else [],
        "mood": words.mood(verdict.sentiment, verdict.anger) if verdict else None,
        "sees_everything": agent.sees_everything,
        "percent": words.percent(verdict.topic_probability) if verdict else "",
    }


def _is_coming(conversation: Conversation, verdict: Verdict | None, now: datetime) -> bool:
    """Whether a verdict is on its way: the conversation waits to be read, or will in a moment."""
    if Case.objects.filter(pk=conversation.pk, due_number__gt=F("read_number"), due_at__lte=now).exists():
        return True
    is_fresh = conversation.waiting_since is not None and now - conversation.last_part_at < FRESH
    is_unread = verdict is None or verdict.created_at < conversation.last_part_at
    return is_fresh and is_unread and Desk.current().mode != Desk.Mode.OFF


@dataclass(frozen=True, slots=True)
class Noted:
    """Somebody has decided the topic. `by`: a colleague's name, or nothing for whoever reads this."""

    by: str
    topic: Topic | None


def _noted(conversation: Conversation, agent: Agent) -> Noted | None:
    """A correction is written down by a worker, so the timeline is asked first: it knows at once."""
    if "topic" not in verbs.decided_by_hand([conversation.pk]).get(conversation.pk, ()):
        said = Correction.objects.filter(conversation=conversation, field=Correction.Field.TOPIC, is_last=True)
        if not (correction := said.select_related("agent").first()):
            return None
        return Noted(_other(correction.agent, agent), conversation.topic)
    event = conversation.parts.filter(event="topic_set", author_kind="agent").select_related("agent")
    last = event.order_by("-number").first()
    return Noted(_other(last.agent if last else None, agent), conversation.topic)


def _other(author: Agent | None, reader: Agent) -> str:
    return "" if author is None or author == reader else str(author)


def _weighed(verdict: Verdict, about: str) -> list[str]:
    """The words that weighed most for it, in the customer's own writing."""
    found = [each for each in _reasons(verdict).get(about) or () if isinstance(each, dict) and each.get("text")]
    weights = [each.get("weight") or 0 for each in found]
    least = max(0.0, max(weights, default=0) / 4)  # what weighs much less than the first only distracts
    return [str(each["text"]) for each, weight in zip(found, weights, strict=True) if weight > least][
        : words.MOST_WORDS
    ]


def _reasons(verdict: Verdict) -> dict[str, Any]:
    return verdict.reasons if isinstance(verdict.reasons, dict) else {}


def _details(conversation: Conversation, verdict: Verdict, agent: Agent, *, noted: bool) -> dict[str, Any]:
    """All that stands behind the line."""
    return {
        "likely": _likely(verdict, conversation, noted=noted),
        "similar": _alike(verdict, agent),
        "priority_percent": words.percent(verdict.priority_probability),
        "priority": priority_name(verdict.priority) if verdict.priority != conversation.priority else "",
        "language": language_name(verdict.language),
        "language_percent": words.percent(verdict.language_probability),
        "priority_pull": pull(_reasons(verdict).get("priority")),
        "sentiment_words": _weighed(verdict, "sentiment") if verdict.sentiment else [],
        "tier_pull": pull(_reasons(verdict).get("tier")),
        "why_team": _why(conversation, _TEAM_KINDS, "team"),
        "why_agent": _why(conversation, (Decision.Kind.AGENT,), "agent"),
    }


def _alike(verdict: Verdict, agent: Agent) -> list[Conversation]:
    """Past conversations like this one that the agent may see, each with what its customer wrote `first`."""
    first = Part.objects.filter(conversation=OuterRef("pk"), kind="message").in_order().values("body")[:1]
    rows = Conversation.objects.visible_to(agent).filter(pk__in=verdict.similar).exclude(pk=verdict.conversation_id)
    found = {row.pk: row for row in rows.annotate(first=Subquery(first)).select_related("topic")}
    return [found[key] for key in verdict.similar if key in found]


@dataclass(frozen=True, slots=True)
class Likely:
    topic: Topic
    percent: str


def _likely(verdict: Verdict, conversation: Conversation, *, noted: bool) -> list[Likely]:
    """Topics to choose with one click: those the desk still has, without the one that stands there already."""
    found = {int(each["topic"]): each["probability"] for each in verdict.top if each.get("topic")}
    for shown in (conversation.topic_id, verdict.topic_id if verdict.is_sure and not noted else None):
        found.pop(shown or 0, None)
    topics = Topic.objects.in_bulk(found)
    return [Likely(topics[key], words.percent(share)) for key, share in found.items() if key in topics]


@dataclass(frozen=True, slots=True)
class Why:
    """Why it is where it is, and why not elsewhere."""

    reasons: Sequence[str]
    others: Sequence[words.Against]


def _why(conversation: Conversation, kinds: Sequence[str], field: str) -> Why | None:
    """The last decision, as long as what it decided still stands."""
    decision = Decision.objects.filter(conversation=conversation, kind__in=kinds).first()
    holder = {"team": conversation.team_id, "agent": conversation.assignee_id}[field]
    if decision is None or getattr(decision, f"{field}_id") != holder:
        return None
    return Why(words.sentences(decision.reasons), words.others(decision.candidates))
