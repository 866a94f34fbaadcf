"""What the desk's topics are, what triage should know of them, and examples of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations.errors import TextRefused
from conversations.models import Priority, Topic
from conversations.text import clean_body, too_long
from people.models import Agent, Team
from people.names import one_line
from triage.actions.importing.working import LONGEST, digest_of
from triage.errors import ManagersOnly
from triage.models import Example, TopicProfile

log = logging.getLogger(__name__)

LONGEST_NAME = 80
LONGEST_DESCRIPTION = 2_000
MOST_AT_ONCE = 500  # examples typed in together


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """What a manager says of a topic. `threshold` 0 … 1, or None for the desk's own."""

    name: str
    description: str = ""
    team: Team | None = None
    priority: Priority | None = None
    tier: int = Team.Tier.FRONT_LINE
    threshold: float | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Added:
    """What became of examples: new ones, some that stood under another topic, and some that were there already."""

    kept: int
    moved: int
    known: int


def create_topic(facts: TopicFacts, *, by: Agent) -> Topic:
    """A topic that conversations can be about.

    Raises:
        ManagersOnly: an agent asks.
        TextRefused: the name is empty, too long or taken, or the description too long.
    """
    return _save(Topic(), facts, by)


def change_topic(topic: Topic, facts: TopicFacts, *, by: Agent) -> Topic:
    """Say of a topic something else than before. Raises the same as `create_topic`."""
    return _save(topic, facts, by)


def _save(topic: Topic, facts: TopicFacts, by: Agent) -> Topic:
    managers_only(by)
    topic.name, topic.description = _name(facts.name, topic), _description(facts.description)
    try:
        with transaction.atomic():
            topic.save()
            TopicProfile.objects.update_or_create(topic=topic, defaults=_profile(facts))
    except IntegrityError:
        raise _taken(topic.name) from None
    log.info("topic %s saved by agent %s", topic.pk, by.pk)
    return topic


def _profile(facts: TopicFacts) -> dict[str, object]:
    names = ("team", "priority", "tier", "threshold", "is_active")
    return {name: getattr(facts, name) for name in names}


def _name(name: str, topic: Topic) -> str:
    if len(name) > LONGEST_NAME:
        raise TextRefused("text_too_long", too_long(len(name), LONGEST_NAME), field="name")
    if not (cleaned := one_line(name, LONGEST_NAME)):
        raise TextRefused("text_empty", _("A topic needs a name."), field="name")
    if Topic.objects.filter(name__iexact=cleaned).exclude(pk=topic.pk).exists():
        raise _taken(cleaned)
    return cleaned


def _taken(name: str) -> TextRefused:
    return TextRefused("name_taken", format_lazy(_("There is a topic “{name}” already."), name=name), field="name")


def _description(text: str) -> str:
    if len(text) > LONGEST_DESCRIPTION:
        raise TextRefused("text_too_long", too_long(len(text), LONGEST_DESCRIPTION), field="description")
    return _cleaned(text, field="description") if text.strip() else ""


def _cleaned(text: str, *, field: str) -> str:
    try:
        return clean_body(text)
    except TextRefused as refusal:
        raise TextRefused(refusal.code, refusal.message, field=field, status=refusal.status) from None


def managers_only(by: Agent) -> None:
    """Raises ManagersOnly."""
    if not by.sees_everything:
        raise ManagersOnly


def add_examples(topic: Topic | None, texts: Iterable[str], *, by: Agent, now: datetime) -> Added:
    """Messages that are about `topic`, or about none of the desk's (None). A message is kept once: whoever puts it
    under another topic moves it there.

    Raises:
        ManagersOnly: an agent asks.
        TextRefused: there are none or too many, or one is too long or cannot be stored; then none is kept.
    """
    managers_only(by)
    cleaned = _messages(texts)
    with transaction.atomic():
        there = {each.digest: each for each in Example.objects.select_for_update().filter(digest__in=cleaned)}
        moved = [each for each in there.values() if each.topic_id != (topic.pk if topic else None)]
        fresh = [_example(topic, text, digest, by, now) for digest, text in cleaned.items() if digest not in there]
        Example.objects.bulk_create(fresh, ignore_conflicts=True)
        keys = [each.pk for each in moved]
        Example.objects.filter(pk__in=keys).update(topic=topic, author=by, created_at=now)
    return Added(len(fresh), len(moved), len(there) - len(moved))


def _messages(texts: Iterable[str]) -> dict[str, str]:
    """Each message once, by its digest."""
    lines = [text for text in texts if text.strip()]
    if not lines:
        raise TextRefused("text_empty", _("Write at least one example, each on a line of its own."), field="examples")
    if len(lines) > MOST_AT_ONCE:
        message = format_lazy(
            _("{n} examples; at most {limit} at once. Longer lists can be imported."), n=len(lines), limit=MOST_AT_ONCE
        )
        raise TextRefused("too_many", message, field="examples")
    return {digest_of(text): text for text in (_message(line, at) for at, line in enumerate(lines, 1))}


def _message(line: str, number: int) -> str:
    if len(line) > LONGEST:
        message = format_lazy(_("Example {n}: {problem}"), n=number, problem=too_long(len(line), LONGEST))
        raise TextRefused("text_too_long", message, field="examples")
    try:
        return clean_body(line)
    except TextRefused as refusal:
        message = format_lazy(_("Example {n}: {problem}"), n=number, problem=refusal.message)
        raise TextRefused(refusal.code, message, field="examples") from None


def _example(topic: Topic | None, text: str, digest: str, by: Agent, now: datetime) -> Example:
    return Example(text=text, topic=topic, source=Example.Source.TYPED, digest=digest, author=by, created_at=now)


def remove_examples(topic: Topic | None, keys: Iterable[int], *, by: Agent) -> int:
    """Forget some examples of a topic, or of none; how many there were.

    Raises:
        ManagersOnly: an agent asks.
    """
    managers_only(by)
    return Example.objects.filter(topic=topic, pk__in=list(keys)).delete()[0]
