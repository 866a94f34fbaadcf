"""Which conversations teach most when a person says what they are about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from conversations.models import Conversation
from people.models import Agent
from triage.models import Correction, Verdict
from triage.texts import texts_of

RECENT = timedelta(days=60)
_LOOKED_AT = 400  # of the least sure ones
_ALIKE = 0.6  # share of common words from which on two messages teach the same


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A conversation worth a label, and what triage would guess."""

    verdict: Verdict
    text: str


def worth_labelling(agent: Agent, now: datetime, count: int = 50) -> list[Suggestion]:
    """The least sure first (uncertainty sampling, Lewis and Gale 1994), as long as nobody said what they are about;
    evenly over what they were taken for, and no two that say nearly the same."""
    said = Correction.objects.filter(conversation=OuterRef("conversation"), field="topic", is_last=True)
    unsure = Verdict.objects.filter(is_last=True, created_at__gte=now - RECENT).exclude(Exists(said))
    unsure = unsure.filter(conversation__in=Conversation.objects.visible_to(agent).filter(merged_into=None))
    found = list(unsure.select_related("conversation", "topic").order_by("topic_probability", "-id")[:_LOOKED_AT])
    wordings = texts_of([each.conversation_id for each in found])
    rows = [Suggestion(each, wordings[each.conversation_id].opening) for each in found]
    return _spread([row for row in rows if row.text.strip()], count)


def _spread(rows: Sequence[Suggestion], count: int) -> list[Suggestion]:
    """Takes from each guessed topic in turn."""
    waiting: dict[int | None, list[Suggestion]] = {}
    for row in rows:
        waiting.setdefault(row.verdict.topic_id, []).append(row)
    chosen: list[Suggestion] = []
    words: list[frozenset[str]] = []
    while waiting and len(chosen) < count:
        for topic in list(waiting):
            found = _next_new(waiting[topic], words)
            if found is None:
                del waiting[topic]
            elif len(chosen) < count:
                chosen.append(found)
                words.append(_words(found.text))
    return chosen


def _next_new(rows: list[Suggestion], chosen: Sequence[frozenset[str]]) -> Suggestion | None:
    while rows:
        row = rows.pop(0)
        mine = _words(row.text)
        if not any(_alike(mine, other) for other in chosen):
            return row
    return None


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def _alike(mine: frozenset[str], other: frozenset[str]) -> bool:
    return len(mine & other) > _ALIKE * len(mine | other)
