"""Verdicts and what hangs on them, for tests of the pages."""

from __future__ import annotations

from typing import Any

from conversations.models import Conversation, Topic
from tests.conversations.desk import NOON
from triage.models import TopicProfile, Verdict


def topic(name: str = "Refund", **profile: Any) -> Topic:
    made = Topic.objects.create(name=name)
    TopicProfile.objects.create(topic=made, **profile)
    return made


def likely(*shares: tuple[Topic, float]) -> list[dict[str, Any]]:
    return [{"topic": str(each.pk), "name": each.name, "probability": share} for each, share in shares]


def verdict(where: Conversation, about: Topic | None = None, **fields: Any) -> Verdict:
    """One that is sure, unless it is about nothing."""
    known: dict[str, Any] = {
        "number": where.last_number,
        "topic": about,
        "topic_probability": 0.863 if about else 0.0,
        "is_sure": about is not None,
        "threshold": 0.7,
        "top": likely((about, 0.863)) if about else [],
        "language": "sv",
        "language_probability": 0.97,
        "created_at": NOON,
    }
    return Verdict.objects.create(conversation=where, **{**known, **fields})
