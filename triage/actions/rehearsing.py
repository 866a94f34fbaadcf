"""What triage would have said: learn from what people decided before a day, and read what came after as if it were new.

A desk with a history sees so on its first day how good triage is, measured on conversations that the model never saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from conversations.models import Conversation
from triage import artefacts, reading
from triage.artefacts import Loaded
from triage.models import Correction, Desk, ModelVersion, TopicProfile, Verdict
from triage.texts import Wording, texts_of

AT_ONCE = 200
LEAST = 40  # decided conversations to learn from


class TooLittleHistory(ValueError):
    """People have decided too few topics before that day to learn from them."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The model that was made, how many conversations it learnt from, and how many it read."""

    version: ModelVersion
    learnt: int
    read: int


def rehearse(until: datetime, *, now: datetime, progress: Callable[[float, str], None] | None = None) -> Rehearsal:
    """Learn from topics that people chose in conversations begun before `until`; give those begun later and decided
    since a verdict dated to their first message. The model decides from now on if none does yet.

    Conversations that have a verdict already keep it.

    Raises:
        TooLittleHistory: fewer than 40 conversations to learn from, or all about one topic.
    """
    tell = progress or (lambda share, what: None)
    decided = Correction.objects.filter(field=Correction.Field.TOPIC, is_last=True, topic__isnull=False)
    rows = decided.select_related("conversation").order_by("conversation__created_at")
    earlier = [row for row in rows if row.conversation.created_at < until]
    later = [row for row in rows if row.conversation.created_at >= until]
    loaded = _learnt(earlier, now, lambda share, what: tell(0.8 * share, what))
    read = 0
    for start in range(0, len(later), AT_ONCE):
        read += _read(later[start : start + AT_ONCE], loaded)
        tell(0.8 + 0.2 * min(1.0, (start + AT_ONCE) / len(later)), "reading what came after")
    return Rehearsal(loaded.version, len(earlier), read)


def _learnt(rows: Sequence[Correction], now: datetime, progress: Callable[[float, str], None]) -> Loaded:
    from triage.learning import NotEnoughData, fit, save

    wordings = texts_of([row.conversation_id for row in rows])
    taught = [(wordings[row.conversation_id].opening, str(row.topic_id)) for row in rows]
    taught = [(text, label) for text, label in taught if text]
    if len(taught) < LEAST:
        raise TooLittleHistory(f"{len(taught)} conversations with a topic before that day; at least {LEAST} are needed")
    topics = {str(row.pk): row for row in TopicProfile.objects.filter(is_active=True).select_related("topic")}
    described = {label: f"{row.topic.name}. {row.topic.description}" for label, row in topics.items()}
    try:
        texts, labels = [text for text, _ in taught], [label for _, label in taught]
        classifier = fit(texts, labels, descriptions=described, progress=progress)
    except NotEnoughData as problem:
        raise TooLittleHistory(str(problem)) from problem
    file = f"rehearsal-{now:%Y%m%d%H%M%S}.skops"
    about = {"conversations": len(taught), "until": rows[-1].conversation.created_at.isoformat()}
    sha256 = save(classifier, artefacts.path_of(file), card={"created_at": now.isoformat(), "reference": about})
    version = _version(file, sha256, list(classifier.labels), about, now)
    return Loaded(version, classifier, {label: key for label, key in version.topics.items() if key is not None})


def _version(file: str, sha256: str, labels: Sequence[str], about: dict[str, Any], now: datetime) -> ModelVersion:
    decides = not ModelVersion.objects.filter(state=ModelVersion.State.CHAMPION).exists()
    return ModelVersion.objects.create(
        state=ModelVersion.State.CHAMPION if decides else ModelVersion.State.CHALLENGER,
        pipeline="light",
        file=file,
        sha256=sha256,
        size=artefacts.path_of(file).stat().st_size,
        library=artefacts.library(),
        topics={label: int(label) for label in labels},
        reference=about,
        why="rehearsal",
        created_at=now,
        promoted_at=now if decides else None,
    )


def _read(rows: Sequence[Correction], loaded: Loaded) -> int:
    """Verdicts on first messages, as of their time; what people decided then confirms or corrects them."""
    keys = [row.conversation_id for row in rows]
    known = set(Verdict.objects.filter(conversation__in=keys).values_list("conversation", flat=True))
    fresh = {row.conversation_id: row for row in rows if row.conversation_id not in known}
    conversations = Conversation.objects.filter(pk__in=fresh).select_related("customer__company")
    profiles = {row.pk: row for row in TopicProfile.objects.select_related("topic", "team")}
    wordings = texts_of(fresh)
    questions = [
        reading.Question(each, _at_first(wordings[each.pk]), reading.History(), profiles, each.created_at)
        for each in conversations
    ]
    verdicts = reading.read(questions, loaded, Desk.current(), now=rows[0].created_at)
    for verdict in verdicts:
        verdict.created_at = verdict.conversation.created_at
    with transaction.atomic():
        Verdict.objects.bulk_create(verdicts)
        for verdict in verdicts:
            row = fresh[verdict.conversation_id]
            row.verdict, row.is_confirmation = verdict, row.topic_id == verdict.topic_id
        Correction.objects.bulk_update(fresh.values(), ["verdict", "is_confirmation"])
    return len(verdicts)


def _at_first(wording: Wording) -> Wording:
    """As it stood before anybody answered."""
    return replace(wording, latest=wording.opening, answered=False)
