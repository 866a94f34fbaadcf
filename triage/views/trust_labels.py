"""The conversations that teach most when somebody says what they are about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from conversations import actions as talk
from conversations.errors import Refusal
from conversations.models import Conversation, Topic
from triage import actions, trust
from triage.models import Verdict
from triage.views.figures import percent
from triage.views.sections import managers, page, viewer


@require_GET
@managers
def labels(request: HttpRequest) -> HttpResponse:
    """The fifty conversations whose topic would teach most."""
    found = trust.worth_labelling(viewer(request), timezone.now())
    topics = list(Topic.objects.exclude(profile__is_active=False))
    return page(
        request, "trust", "triage/trust_labels.html", {"rows": [_asked(each) for each in found], "topics": topics}
    )


def _asked(suggestion: trust.Suggestion) -> dict[str, Any]:
    verdict = suggestion.verdict
    return {
        "verdict": verdict,
        "text": suggestion.text,
        "likely": [
            {"key": each["topic"], "name": each["name"], "share": percent(each["probability"])} for each in verdict.top
        ],
    }


@require_POST
@managers
def label(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody says what a conversation is about."""
    agent, now = viewer(request), timezone.now()
    conversation = get_object_or_404(Conversation.objects.visible_to(agent), public_id=public_id)
    topic = get_object_or_404(Topic, pk=_key(request.POST.get("topic", "")))
    verdict = Verdict.objects.filter(conversation=conversation, is_last=True).first()
    try:
        if verdict is not None and verdict.topic_id == topic.pk:
            actions.confirm(conversation, by=agent, now=now)
        else:
            talk.set_topic(conversation, topic, by=agent, now=now)
            actions.hear_now(conversation)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("triage-labels")
    if getattr(request, "htmx", False):
        return page(request, "trust", "triage/trust_labelled.html", {"topic": topic})
    messages.success(request, _("Noted: {topic}.").format(topic=topic.name))
    return redirect("triage-labels")


def _key(text: str) -> int:
    """0, which no topic has, for what is no key."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
