"""What there is to learn from: corrections, confirmations and examples, read anew for every training.

Words of customers are looked up where they were written and never copied, so that what was redacted or erased is not
learnt again. A conversation that was closed without a correction is no example: nobody looked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from conversations.models import Part, Priority, Topic
from conversations.serializers import PRIORITY_NAMES
from triage.models import Correction, Example
from triage.texts import texts_of

MOST_PER_LABEL = 2_000  # the newest ones; more of the same teach little and cost memory
PRIORITY_ROWS = 100  # so many priorities that people set, and
PRIORITY_EACH = 10  # so many of each of two levels, are needed to learn them
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled text. `key` names where it came from and says nothing of what it says: c12 is conversation 12, e7
    example 7. A label of None: about none of the topics."""

    key: str
    text: str
    label: str | None
    at: datetime
    is_confirmation: bool = False

    @property
    def is_lived(self) -> bool:
        """It is a conversation of this desk, not an example somebody wrote or imported."""
        return self.key.startswith("c")


@dataclass(frozen=True, slots=True)
class Lessons:
    """Rows newest first, what each topic says of itself, and which topic each label means."""

    rows: tuple[Row, ...]
    descriptions: Mapping[str, str]
    topics: Mapping[str, int]
    priorities: tuple[Row, ...] = field(default=())

    def digest(self) -> str:
        """Of everything that is learnt from: the same lessons have the same one."""
        whole = hashlib.sha256()
        for row in sorted((*self.rows, *self.priorities), key=lambda row: (row.key, row.label or "")):
            whole.update(f"{row.key}\x1f{row.label}\x1f{row.text}\x1e".encode())
        for label in sorted(self.descriptions):
            whole.update(f"{label}\x1f{self.descriptions[label]}\x1e".encode())
        return whole.hexdigest()

    def reference(self) -> dict[str, Any]:
        """What a version says of its training data."""
        lived = [row for row in self.rows if row.is_lived]
        newest = max((row.at for row in self.rows), default=None)
        return {
            "corrections": sum(not row.is_confirmation for row in lived),
            "confirmations": sum(row.is_confirmation for row in lived),
            "examples": len(self.rows) - len(lived),
            "none_of_these": sum(row.label is None for row in self.rows),
            "topics": len(self.topics),
            "newest": newest.isoformat() if newest else None,
            "digest": self.digest(),
        }


def gather() -> Lessons:
    """Everything the desk knows by now."""
    topics = {str(topic.pk): topic for topic in Topic.objects.exclude(profile__is_active=False)}
    rows = sorted([*_corrected(topics), *_examples(topics)], key=lambda row: (row.at, row.key), reverse=True)
    return Lessons(
        rows=tuple(_capped(rows)),
        descriptions={label: f"{topic.name}. {topic.description}".strip() for label, topic in topics.items()},
        topics={label: topic.pk for label, topic in topics.items()},
        priorities=tuple(_capped(sorted(_priorities(), key=lambda row: (row.at, row.key), reverse=True))),
    )


def _capped(rows: Iterable[Row]) -> Iterator[Row]:
    seen: dict[str | None, int] = {}
    for row in rows:
        seen[row.label] = seen.get(row.label, 0) + 1
        if seen[row.label] <= MOST_PER_LABEL:
            yield row


def _corrected(topics: Mapping[str, Topic]) -> Iterator[Row]:
    """Conversations whose topic a person set or confirmed; taking the topic away says that none fits."""
    found = Correction.objects.filter(field=Correction.Field.TOPIC, is_last=True)
    rows: list[tuple[int, int | None, datetime, bool, UUID | None]] = list(
        found.values_list("conversation_id", "topic_id", "created_at", "is_confirmation", "part")
    )
    cleared = _cleared([part for _, topic, _, _, part in rows if topic is None and part is not None])
    wanted = [row for row in rows if str(row[1]) in topics or row[4] in cleared]
    openings = _openings([row[0] for row in wanted])
    for conversation, topic, at, is_confirmation, part in wanted:
        label = None if part in cleared else str(topic)
        if text := openings[conversation]:
            yield Row(f"c{conversation}", text, label, at, is_confirmation)


def _cleared(parts: Sequence[UUID]) -> set[UUID]:
    """Those by which somebody took the topic away, not those whose topic has been deleted since."""
    return set(Part.objects.filter(pk__in=parts, data__topic=None).values_list("pk", flat=True))


def _openings(conversations: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for begin in range(0, len(conversations), _AT_ONCE):
        wordings = texts_of(conversations[begin : begin + _AT_ONCE])
        found |= {key: wording.opening for key, wording in wordings.items()}
    return found


def _examples(topics: Mapping[str, Topic]) -> Iterator[Row]:
    place = Window(RowNumber(), partition_by=F("topic"), order_by=[F("created_at").desc(), F("pk").desc()])
    newest = Example.objects.order_by().annotate(place=place).filter(place__lte=MOST_PER_LABEL)
    rows: Iterable[tuple[int, str, int | None, datetime]] = newest.values_list("pk", "text", "topic_id", "created_at")
    for key, text, topic, at in rows:
        label = None if topic is None else str(topic)
        if text.strip() and (label is None or label in topics):
            yield Row(f"e{key}", text, label, at)


def _priorities() -> Iterator[Row]:
    found = Correction.objects.filter(field=Correction.Field.PRIORITY, is_last=True, priority__isnull=False)
    rows = list(found.values_list("conversation", "priority", "created_at", "is_confirmation"))
    openings = _openings([row[0] for row in rows])
    for conversation, priority, at, is_confirmation in rows:
        if text := openings[conversation]:
            yield Row(
                f"c{conversation}", text, PRIORITY_NAMES[Priority(priority or Priority.NORMAL)], at, is_confirmation
            )
    place = Window(RowNumber(), partition_by=F("priority"), order_by=[F("created_at").desc(), F("pk").desc()])
    given = Example.objects.order_by().filter(priority__isnull=False).annotate(place=place)
    given = given.filter(place__lte=MOST_PER_LABEL)
    for key, text, priority, at in given.values_list("pk", "text", "priority", "created_at").iterator():
        yield Row(f"e{key}", text, PRIORITY_NAMES[Priority(priority or Priority.NORMAL)], at)
