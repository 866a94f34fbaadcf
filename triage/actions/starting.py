"""A desk's first day: topics, examples and a model that come with Parley."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from conversations.models import Topic
from conversations.serializers import PRIORITY_NAMES
from people.models import Agent, Team
from triage import artefacts
from triage.actions.importing.working import digest_of
from triage.actions.taxonomy import managers_only
from triage.models import Example, ModelVersion, TopicProfile
from triage.starter.taxonomy import HERE, LANGUAGES, StarterTopic, topics

ARTEFACTS = HERE / "artefacts"
_PRIORITIES = {name: priority for priority, name in PRIORITY_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Started:
    """How many topics and examples are new, and the model that decides now if none did before."""

    topics: int
    examples: int
    version: ModelVersion | None


def install_starter(*, by: Agent | None, now: datetime, language: str = "") -> Started:
    """Give the desk the starter topics in `language` (else in the agent's), their examples, and the model trained
    from them if no model decides yet. Topics that the desk has already under one of their names are kept as they
    are, and what was installed before is left alone, so this may be repeated.

    Raises:
        Forbidden: only managers and admins change topics. `by` None is the desk's own set-up.
    """
    if by is not None:
        managers_only(by)
    language = _spoken(language or (by.language if by else ""))
    with transaction.atomic():
        teams = {team.name.lower(): team for team in Team.objects.all()}
        known = {topic.name.lower(): topic for topic in Topic.objects.all()}
        made = [_install(starter, language, known, teams) for starter in topics()]
        keys = {starter.key: topic for starter, (topic, _) in zip(topics(), made, strict=True)}
        examples = sum(_teach(starter, keys[starter.key], now) for starter in topics())
        version = _adopt({key: topic.pk for key, topic in keys.items()}, now)
    return Started(sum(is_new for _, is_new in made), examples, version)


def _spoken(language: str) -> str:
    code = language.partition("-")[0].lower()
    return code if code in LANGUAGES else "en"


def _install(
    starter: StarterTopic, language: str, known: dict[str, Topic], teams: dict[str, Team]
) -> tuple[Topic, bool]:
    profile = TopicProfile.objects.filter(key=starter.key).select_related("topic").first()
    if profile is not None:
        return profile.topic, False
    topic = next((known[name.lower()] for name in starter.names.values() if name.lower() in known), None)
    is_new = topic is None
    if topic is None:
        about = starter.descriptions[language]
        topic = Topic.objects.create(name=starter.names[language], description=about)
    facts: dict[str, Any] = {
        "team": teams.get(starter.team.lower()),
        "priority": _PRIORITIES[starter.priority],
        "tier": starter.tier,
    }
    found, created = TopicProfile.objects.get_or_create(topic=topic, defaults={"key": starter.key, **facts})
    if not created and not found.key:
        TopicProfile.objects.filter(pk=found.pk).update(key=starter.key)
    return topic, is_new


def _teach(starter: StarterTopic, topic: Topic, now: datetime) -> int:
    texts = {digest_of(text): text for code in LANGUAGES for text in starter.examples[code]}
    there = set(Example.objects.filter(digest__in=texts).values_list("digest", flat=True))
    fresh = [
        Example(text=text, topic=topic, source=Example.Source.STARTER, digest=digest, created_at=now)
        for digest, text in texts.items()
        if digest not in there
    ]
    Example.objects.bulk_create(fresh)
    return len(fresh)


def _adopt(keys: dict[str, int], now: datetime) -> ModelVersion | None:
    """The shipped model decides until the desk has a better one of its own."""
    if ModelVersion.objects.filter(state=ModelVersion.State.CHAMPION).exists():
        return None
    card = json.loads((ARTEFACTS / "topics.skops.json").read_text(encoding="utf-8"))
    stamp = f"{now:%Y%m%d%H%M%S}"
    file = f"starter-{stamp}.skops"
    version = ModelVersion(
        state=ModelVersion.State.CHAMPION,
        pipeline=card["pipeline"],
        file=file,
        sha256=artefacts.adopt(ARTEFACTS / "topics.skops", file),
        size=card["bytes"],
        library=card["scikit_learn"],
        topics={label: keys.get(label) for label in card["labels"]},
        reference={"starter": card["created_at"], "examples": card["examples"], "licences": card["licences"]},
        why="starter",
        created_at=now,
        promoted_at=now,
    )
    priorities = f"starter-{stamp}-priority.skops"
    version.reference["priority"] = {
        "file": priorities,
        "sha256": artefacts.adopt(ARTEFACTS / "priority.skops", priorities),
    }
    version.save(force_insert=True)
    return version
