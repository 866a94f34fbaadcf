"""What people make of verdicts: every change by hand is a labelled example with its author and time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations import actions
from conversations.errors import NotFound, Refusal
from conversations.models import Conversation, Kind, Part, Topic
from conversations.serializers import PRIORITY_NAMES
from people.models import Agent, Team
from triage.models import Correction, Verdict

_FIELDS = {"topic_set": "topic", "prioritised": "priority", "routed": "team"}
_ROWS: dict[str, type[Topic] | type[Team]] = {"topic": Topic, "team": Team}
_PRIORITIES = {name: priority for priority, name in PRIORITY_NAMES.items()}


class NothingToConfirm(Refusal):
    """Triage has not said what the conversation is about."""

    code = "nothing_to_confirm"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("Triage has no topic for this conversation; choose one."), field="topic")


class VerdictChanged(Refusal):
    """What was confirmed is not what triage says now."""

    code = "verdict_changed"
    status = 409

    def __init__(self, topic: Topic) -> None:
        message = _("The customer wrote more, and triage says {topic} now. Look again.")
        super().__init__(format_lazy(message, topic=str(topic)), field="topic")


def hear(parts: Sequence[UUID]) -> None:
    """Write down what people decided in these parts. Hearing a part twice changes nothing."""
    events = Part.objects.filter(pk__in=parts, kind=Kind.EVENT, author_kind="agent", event__in=_FIELDS)
    for part in events.order_by("conversation", "number"):
        _write_down(part)


def hear_now(conversation: Conversation) -> None:
    """Write down what was just decided in one conversation, without waiting for the relay to tell."""
    hear(list(conversation.parts.filter(kind=Kind.EVENT).order_by("-number").values_list("pk", flat=True)[:10]))


def _write_down(part: Part) -> None:
    field = _FIELDS[part.event]
    correction = Correction(
        conversation_id=part.conversation_id,
        verdict=_verdict_before(part),
        field=field,
        part=part.pk,
        agent_id=part.agent_id,
        created_at=part.created_at,
        **_value(field, part.data),
    )
    if correction.verdict is not None:
        correction.is_confirmation = _agrees(correction, correction.verdict)
    _replace(correction)


def _verdict_before(part: Part) -> Verdict | None:
    """What triage had said when the person decided."""
    earlier = Verdict.objects.filter(conversation=part.conversation_id, created_at__lte=part.created_at)
    return earlier.order_by("-id").first()


def _value(field: str, data: dict[str, Any]) -> dict[str, Any]:
    """What the event says that it was changed to; rows that are gone by now are left out."""
    if field == "priority":
        return {"priority": _PRIORITIES[data["priority"]]}
    fact = data.get("topic" if field == "topic" else "to")
    return {field: _ROWS[field].objects.filter(pk=fact["id"]).first() if fact else None}


def _agrees(correction: Correction, verdict: Verdict) -> bool:
    if correction.field == Correction.Field.TOPIC:
        return correction.topic_id is not None and correction.topic_id == verdict.topic_id
    return correction.field == Correction.Field.PRIORITY and correction.priority == verdict.priority


def _replace(correction: Correction) -> None:
    """It is the last word about its field, unless somebody wrote it down already, or has decided since."""
    with transaction.atomic():
        _one_at_a_time(correction.conversation_id)
        if correction.part is not None and Correction.objects.filter(part=correction.part).exists():
            return
        same = Correction.objects.filter(conversation=correction.conversation_id, field=correction.field)
        correction.is_last = not same.filter(is_last=True, created_at__gt=correction.created_at).exists()
        if correction.is_last:
            same.filter(is_last=True).update(is_last=False)
        correction.save(force_insert=True)


def _one_at_a_time(conversation: int) -> None:
    """Until the transaction ends, for a part may be heard by two at once. A lock of our own, because the relay keeps
    it for a whole batch: nobody who writes may wait for that, nor hold what it wants next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('correction ' || %s, 0))", [str(conversation)])


def confirm(conversation: Conversation, *, by: Agent, now: datetime, topic: int | None = None) -> Correction:
    """Say that the topic triage named is right; the conversation gets it, if it has another or none. `topic` is the key
    of the one that was on screen, where the caller knows it.

    Raises:
        NotFound: the conversation is gone, or out of the agent's sight.
        NothingToConfirm: there is no verdict, or it names no topic.
        VerdictChanged: triage names another topic by now.
    """
    if not Conversation.objects.visible_to(by).filter(pk=conversation.pk).exists():
        raise NotFound
    verdict = Verdict.objects.filter(conversation=conversation, is_last=True).select_related("topic").first()
    if verdict is None or verdict.topic is None:
        raise NothingToConfirm
    if topic is not None and topic != verdict.topic_id:
        raise VerdictChanged(verdict.topic)
    known = Correction.objects.filter(conversation=conversation, field="topic", is_last=True).first()
    if known is not None and known.topic_id == verdict.topic_id:
        return known
    correction = Correction(
        conversation=conversation,
        verdict=verdict,
        field=Correction.Field.TOPIC,
        topic=verdict.topic,
        agent=by,
        is_confirmation=True,
        created_at=now,
    )
    with transaction.atomic():
        _replace(correction)
        actions.set_topic(conversation, verdict.topic, by=by, now=now, why="confirmed")
    return correction


def last_corrections(conversations: Iterable[int]) -> dict[tuple[int, str], Correction]:
    """What stands of people's decisions, by conversation and field."""
    rows = Correction.objects.filter(conversation__in=list(conversations), is_last=True)
    return {(row.conversation_id, row.field): row for row in rows.select_related("topic", "team")}
