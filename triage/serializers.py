"""The one form of verdicts, decisions and corrections: for the REST API and webhooks alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conversations.models import Conversation, Priority
from conversations.serializers import PRIORITY_NAMES
from people.models import Agent
from triage.models import Correction, Decision, Sentiment, Verdict

SENTIMENT_NAMES = {
    Sentiment.VERY_NEGATIVE: "very_negative",
    Sentiment.NEGATIVE: "negative",
    Sentiment.NEUTRAL: "neutral",
    Sentiment.POSITIVE: "positive",
    Sentiment.VERY_POSITIVE: "very_positive",
}


def named(row: Any) -> dict[str, str] | None:
    """An agent, team or topic."""
    return None if row is None else {"id": str(row.pk), "name": str(row)}


def priority_name(priority: int | None) -> str | None:
    return None if priority is None else PRIORITY_NAMES[Priority(priority)]


def verdict_json(verdict: Verdict, similar: Iterable[Conversation] = ()) -> dict[str, Any]:
    """A verdict as programs read it. `similar` holds those conversations that the reader may see."""
    return {
        "id": str(verdict.pk),
        "conversation": verdict.conversation.public_id,
        "number": verdict.number,
        "at": verdict.created_at,
        "model": None if verdict.model_id is None else str(verdict.model_id),
        "sure": verdict.is_sure,
        "topic": named(verdict.topic),
        "topic_probability": round(verdict.topic_probability, 4),
        "known_probability": round(verdict.known, 4),
        "threshold": round(verdict.threshold, 4),
        "top": verdict.top,
        "priority": priority_name(verdict.priority),
        "priority_probability": round(verdict.priority_probability, 4),
        "sentiment": SENTIMENT_NAMES[Sentiment(verdict.sentiment)],
        "sentiment_probability": round(verdict.sentiment_probability, 4),
        "anger": round(verdict.anger, 4),
        "tier": verdict.tier,
        "tier_probability": round(verdict.tier_probability, 4),
        "language": verdict.language or None,
        "language_probability": round(verdict.language_probability, 4),
        "reasons": verdict.reasons,
        "similar": [each.public_id for each in similar],
        "problem": verdict.problem or None,
        "applied": verdict.applied,
    }


def decision_json(decision: Decision) -> dict[str, Any]:
    """Why this team or agent, and why not the others."""
    return {
        "kind": decision.kind,
        "team": named(decision.team),
        "agent": named(decision.agent),
        "reasons": decision.reasons,
        "candidates": decision.candidates,
        "at": decision.created_at,
    }


def correction_json(correction: Correction) -> dict[str, Any]:
    """What a person decided."""
    is_priority = correction.field == Correction.Field.PRIORITY
    return {
        "field": correction.field,
        "value": priority_name(correction.priority) if is_priority else named(correction.value),
        "confirms": correction.is_confirmation,
        "by": named(correction.agent),
        "at": correction.created_at,
    }


def similar_to(verdict: Verdict, agent: Agent) -> list[Conversation]:
    """Past conversations like this one, as far as the agent may see them, most similar first."""
    rows = {row.pk: row for row in Conversation.objects.visible_to(agent).filter(pk__in=verdict.similar)}
    return [rows[key] for key in verdict.similar if key in rows]


def triage_json(conversation: Conversation, agent: Agent) -> dict[str, Any]:
    """Everything triage has to say of a conversation to an agent who may see it."""
    verdict = conversation.verdicts.filter(is_last=True).select_related("topic", "conversation").first()
    decisions = conversation.decisions.select_related("team", "agent")[:20]
    corrections = conversation.corrections.filter(is_last=True).select_related("topic", "team", "agent")
    return {
        "verdict": verdict and verdict_json(verdict, similar_to(verdict, agent)),
        "decisions": [decision_json(each) for each in decisions],
        "corrections": [correction_json(each) for each in corrections],
    }
