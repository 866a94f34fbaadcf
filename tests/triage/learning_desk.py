"""A small desk that has learnt something: topics, conversations about them, and what people decided."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from conversations import actions as talk
from conversations.models import Conversation, Topic
from people.models import Agent, Role
from tests.conversations import desk
from triage import actions, artefacts
from triage.models import Correction, Example, ModelVersion, TrainingRun, Verdict

NOON = desk.NOON
WORDS = {
    "Refund": ["refund", "money back", "return my payment", "reimburse", "send the money"],
    "Login": ["sign in", "password", "locked out", "account access", "two factor code"],
    "Delivery": ["parcel", "courier", "late delivery", "tracking", "never arrived"],
}
_FILL = [
    "please help",
    "hello",
    "since Monday",
    "it is urgent",
    "thanks",
    "my order",
    "again",
    "why",
    "I need",
    "can you",
]


def topics() -> dict[str, Topic]:
    return {
        name: Topic.objects.get_or_create(name=name, defaults={"description": words[0]})[0]
        for name, words in WORDS.items()
    }


def sentence(name: str, seed: int) -> str:
    """A message about a topic, always the same for the same seed."""
    draw = random.Random(f"{name}{seed}")
    return " ".join(
        [draw.choice(_FILL), draw.choice(WORDS[name]), draw.choice(_FILL), draw.choice(WORDS[name]), str(seed)]
    )


def manager() -> Agent:
    return desk.agent("Anna Berg", role=Role.MANAGER)


def about(name: str, seed: int, *, at: datetime = NOON) -> Conversation:
    """A conversation about a topic."""
    where = desk.conversation(at=at)
    desk.says(where, sentence(name, seed), now=at)
    return where


def corrected(where: Conversation, topic: Topic | None, *, at: datetime = NOON, **fields: Any) -> Correction:
    return Correction.objects.create(
        **{"conversation": where, "field": "topic", "topic": topic, "created_at": at, **fields}
    )


def taught(each: int = 12, *, at: datetime = NOON) -> dict[str, Topic]:
    """Topics, each with so many corrected conversations."""
    made = topics()
    for name, topic in made.items():
        for seed in range(each):
            corrected(about(name, seed, at=at), topic, at=at + timedelta(minutes=seed))
    return made


def example(text: str, topic: Topic | None, **fields: Any) -> Example:
    from triage.actions.importing.working import digest_of

    return Example.objects.create(
        **{"text": text, "topic": topic, "source": "typed", "digest": digest_of(text), "created_at": NOON, **fields}
    )


def verdict(where: Conversation, topic: Topic | None, *, at: datetime = NOON, **fields: Any) -> Verdict:
    return Verdict.objects.create(
        **{"conversation": where, "number": 1, "topic": topic, "created_at": at, "topic_probability": 0.9, **fields}
    )


def closed(where: Conversation, by: Agent, *, now: datetime) -> None:
    talk.close(where, by=by, now=now)


def copied(version: ModelVersion) -> ModelVersion:
    """A version like another one, as a second training would make it."""
    name = f"copy-{ModelVersion.objects.count()}.skops"
    artefacts.adopt(artefacts.path_of(version.file), name)
    kept = ("pipeline", "sha256", "size", "library", "topics", "scores", "reference", "compared", "why", "created_at")
    return ModelVersion.objects.create(
        state="challenger", file=name, **{field: getattr(version, field) for field in kept}
    )


def ticking() -> Callable[[], datetime]:
    """A clock that goes on by a second whenever it is read."""
    moments = (NOON + timedelta(days=1, seconds=at) for at in range(1_000_000))
    return lambda: next(moments)


def train(by: Agent | None = None, now: datetime = NOON) -> ModelVersion:
    """A training from asking to its end, in this process."""
    run = actions.ask_training(by=by, pipeline="light", now=now)
    version = actions.run_training(run, ticking())
    assert version is not None, TrainingRun.objects.get(pk=run.pk).problem
    return version
