"""From what a customer wrote to a verdict: every judge asked once for a whole batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from conversations.models import Conversation, Part, Priority
from conversations.serializers import PRIORITY_NAMES
from triage import artefacts
from triage.artefacts import Disabled, Loaded
from triage.models import Desk, TopicProfile, Verdict
from triage.texts import Wording

if TYPE_CHECKING:
    from triage.judging import Judged, Matter
    from triage.learning import Reading

REASONS = 5
SERVED = ("en", "id", "sv")  # where the desk does not say which languages it serves
_PRIORITIES = {name: priority for priority, name in PRIORITY_NAMES.items()}


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a conversation before."""

    reopened: int = 0
    moved: int = 0  # between teams and agents


@dataclass(frozen=True, slots=True)
class Question:
    """One conversation to be read."""

    conversation: Conversation
    wording: Wording
    history: History
    profiles: Mapping[int, TopicProfile]
    now: datetime


@dataclass(frozen=True, slots=True)
class _Topic:
    """What the classifier says, in the desk's own topics."""

    key: int | None = None
    probability: float = 0.0
    known: float = 0.0
    drift: float = 0.0
    threshold: float = 1.0
    top: tuple[dict[str, Any], ...] = ()
    reasons: tuple[dict[str, Any], ...] = ()

    @property
    def is_sure(self) -> bool:
        return self.key is not None and self.probability >= self.threshold


def histories(conversations: Sequence[int]) -> dict[int, History]:
    """How often each was reopened, and moved by people."""
    counted = (
        Part.objects.filter(conversation__in=conversations, kind="event", event__in=("reopened", "routed", "assigned"))
        .values("conversation")
        .annotate(
            reopened=Count("pk", filter=Q(event="reopened")),
            moved=Count("pk", filter=Q(author_kind="agent") & ~Q(event="reopened")),
        )
    )
    found = {row["conversation"]: History(row["reopened"], row["moved"]) for row in counted}
    return {key: found.get(key, History()) for key in conversations}


def plan_of(conversation: Conversation) -> str:
    """The customer's plan, or their company's."""
    customer = conversation.customer
    return customer.plan or (customer.company.plan if customer.company else "")


def read(questions: Sequence[Question], model: Loaded | Disabled, desk: Desk, *, now: datetime) -> list[Verdict]:
    """A verdict for each, not stored yet. Without a model they have everything but a topic, and say why."""
    # With numpy and scikit-learn, which web processes do without.
    from triage import similar
    from triage.judging import judge_all

    topics = _topics(questions, model, desk)
    learned = _learned(questions, model)
    judged = judge_all(
        [
            _matter(question, topic, desk, chances)
            for question, topic, chances in zip(questions, topics, learned, strict=True)
        ]
    )
    alike = similar.find(questions, model) if isinstance(model, Loaded) else {}
    watched = _watched(questions, desk)
    problem = model.reason[:200] if isinstance(model, Disabled) else ""
    version = model.version if isinstance(model, Loaded) else None
    return [
        Verdict(
            conversation=question.conversation,
            number=question.wording.number,
            model=version,
            problem=problem,
            similar=alike.get(question.conversation.pk, []),
            shadow=watched.get(question.conversation.pk, {}),
            created_at=now,
            **_about(topic),
            **_felt(verdict),
            reasons=_reasons(topic, verdict),
        )
        for question, topic, verdict in zip(questions, topics, judged, strict=True)
    ]


def warm_up() -> None:
    """Load every judge, and remember past conversations: seconds that no customer should wait."""
    from triage import similar
    from triage.judging import Matter, judge_all

    judge_all([Matter("hello", "hello", SERVED)])
    model = artefacts.current()
    if isinstance(model, Loaded):
        model.classifier.read("hello")
        similar.find([], model)


# The topic


def _topics(questions: Sequence[Question], model: Loaded | Disabled, desk: Desk) -> list[_Topic]:
    """What was said at first decides, unless what was said last is surely about something else."""
    if isinstance(model, Disabled):
        return [_Topic() for _ in questions]
    openings = _asked(model, [question.wording.opening for question in questions])
    later = [question for question in questions if question.wording.latest != question.wording.opening]
    latest = _asked(model, [question.wording.latest for question in later])
    turned = {question.conversation.pk: reading for question, reading in zip(later, latest, strict=True)}
    return [
        _settled(question, opening, turned.get(question.conversation.pk), model, desk)
        for question, opening in zip(questions, openings, strict=True)
    ]


def _asked(model: Loaded, texts: Sequence[str]) -> list[Reading]:
    return model.classifier.read_many(texts, reasons=REASONS) if texts else []


def _settled(question: Question, opening: Reading, latest: Reading | None, model: Loaded, desk: Desk) -> _Topic:
    first = _topic(opening, question.profiles, model, desk)
    if latest is None:
        return first
    last = _topic(latest, question.profiles, model, desk)
    return last if last.is_sure and last.key != first.key else first


def _topic(reading: Reading, profiles: Mapping[int, TopicProfile], model: Loaded, desk: Desk) -> _Topic:
    """Labels that the desk has no topic for are left out; if the best is one of them, nothing is known."""
    key = model.topics.get(reading.label or "")
    profile = profiles.get(key or 0)
    named = [(model.topics[label], share) for label, share in reading.top if label in model.topics]
    return _Topic(
        key=key,
        probability=reading.probability if key is not None else 0.0,
        known=reading.known,
        drift=reading.drift,
        threshold=_threshold(profile, model, desk),
        top=tuple(_likely(each, share, profiles) for each, share in named),
        reasons=tuple({"text": reason.text, "weight": round(reason.weight, 3)} for reason in reading.reasons),
    )


def _likely(topic: int, share: float, profiles: Mapping[int, TopicProfile]) -> dict[str, Any]:
    name = str(profiles[topic]) if topic in profiles else ""
    return {"topic": str(topic), "name": name, "probability": round(share, 4)}


def _threshold(profile: TopicProfile | None, model: Loaded, desk: Desk) -> float:
    """The topic's own, else the desk's, else where the model was right 95 times of 100."""
    for asked in (profile.threshold if profile else None, desk.threshold):
        if asked is not None:
            return asked
    return model.classifier.threshold


def _about(topic: _Topic) -> dict[str, Any]:
    return {
        "topic_id": topic.key,
        "topic_probability": topic.probability,
        "known": topic.known,
        "is_sure": topic.is_sure,
        "threshold": topic.threshold,
        "top": list(topic.top),
        "drift": topic.drift,
    }


def _watched(questions: Sequence[Question], desk: Desk) -> dict[int, dict[str, Any]]:
    """What the model that only watches would have said, to be compared with what people do."""
    model = artefacts.shadow()
    if isinstance(model, Disabled):
        return {}
    readings = _asked(model, [question.wording.opening for question in questions])
    found = {}
    for question, reading in zip(questions, readings, strict=True):
        topic = _topic(reading, question.profiles, model, desk)
        said = {"topic": topic.key, "probability": round(topic.probability, 4), "sure": topic.is_sure}
        found[question.conversation.pk] = {"model": model.version.pk, **said}
    return found


# Everything else


def _matter(question: Question, topic: _Topic, desk: Desk, learned: Mapping[str, float] | None) -> Matter:
    from triage.judging import Matter

    conversation, history = question.conversation, question.history
    profile = question.profiles.get(topic.key or 0) if topic.is_sure else None
    return Matter(
        opening=question.wording.opening,
        latest=question.wording.latest,
        served=tuple(desk.languages) or SERVED,
        hint=conversation.customer.language,
        waited=_minutes(conversation.waiting_since, question.now),
        plan=plan_of(conversation).lower(),
        plans={name.lower(): float(weight) for name, weight in desk.plans.items()} or None,
        topics=tuple((each["name"], each["probability"]) for each in topic.top),
        usual_priority=PRIORITY_NAMES[Priority(profile.priority)] if profile and profile.priority else None,
        usual_tier=profile.tier if profile else None,
        reopened=history.reopened,
        moved=history.moved,
        learned=learned,
    )


def _learned(questions: Sequence[Question], model: Loaded | Disabled) -> list[Mapping[str, float] | None]:
    """How likely each priority is, judging by those that people set, once there were enough of them."""
    if isinstance(model, Disabled) or model.priority is None:
        return [None] * len(questions)
    readings = model.priority.read_many([question.wording.opening for question in questions])
    return [dict(reading.top) for reading in readings]


def _minutes(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds() / 60, 0.0) if since else 0.0


def _felt(judged: Judged) -> dict[str, Any]:
    return {
        "priority": _PRIORITIES[judged.priority.priority],
        "priority_probability": judged.priority.probability,
        "sentiment": judged.mood.sentiment,
        "sentiment_probability": judged.mood.probability,
        "anger": judged.mood.anger,
        "tier": judged.complexity.tier,
        "tier_probability": judged.complexity.probability,
        "language": judged.language or "",
        "language_probability": judged.language_probability,
    }


def _reasons(topic: _Topic, judged: Judged) -> dict[str, Any]:
    return {
        "topic": list(topic.reasons),
        "priority": _weighed(judged.priority.reasons),
        "sentiment": _weighed(judged.mood.reasons),
        "tier": _weighed(judged.complexity.reasons),
    }


def _weighed(pairs: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"text": text, "weight": round(weight, 3)} for text, weight in pairs]
