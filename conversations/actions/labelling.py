"""What a conversation is about: priority, topic and tags."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations.actions.holding import By, fact, held, row_of
from conversations.errors import TextRefused
from conversations.models import Conversation, Priority, Tag, Topic
from conversations.serializers import PRIORITY_NAMES
from people.names import one_line

MAX_TAG = 60


def set_priority(conversation: Conversation, priority: Priority, *, by: By, now: datetime, why: str = "") -> None:
    """How soon it should be answered."""
    with held(conversation, by=by, now=now) as it:
        if it.head.priority != priority:
            was, it.head.priority = Priority(it.head.priority), priority
            it.event("prioritised", why=why, priority=PRIORITY_NAMES[priority], was=PRIORITY_NAMES[was])


def set_topic(conversation: Conversation, topic: Topic | None, *, by: By, now: datetime, why: str = "") -> None:
    """What it is about; None when nobody knows."""
    with held(conversation, by=by, now=now) as it:
        if it.head.topic_id != (topic.pk if topic else None):
            before = row_of(Topic, it.head.topic_id)
            it.head.topic_id = topic.pk if topic else None
            it.event("topic_set", why=why, topic=fact(topic), was=fact(before))


def tag(conversation: Conversation, names: Iterable[str], *, by: By, now: datetime) -> None:
    """Add tags; those the desk does not have yet are made. Case makes no difference."""
    wanted = [_tag(name) for name in _cleaned(names)]
    with held(conversation, by=by, now=now) as it:
        present = set(conversation.tags.all().values_list("pk", flat=True))
        fresh = {each.pk: each for each in wanted if each.pk not in present}
        if fresh:
            conversation.tags.add(*fresh.values())
            it.event("tagged", tags=[each.name for each in fresh.values()])


def untag(conversation: Conversation, names: Iterable[str], *, by: By, now: datetime) -> None:
    """Take tags away; those that are not there are not missed."""
    unwanted = {name.lower() for name in _cleaned(names)}
    with held(conversation, by=by, now=now) as it:
        gone = [each for each in conversation.tags.order_by("name") if each.name.lower() in unwanted]
        if gone:
            conversation.tags.remove(*gone)
            it.event("untagged", tags=[each.name for each in gone])


def _tag(name: str) -> Tag:
    return Tag.objects.filter(name__iexact=name).first() or Tag.objects.get_or_create(name=name)[0]


def _cleaned(names: Iterable[str]) -> list[str]:
    """Each name once, as it is stored.

    Raises:
        TextRefused: one is too long, or empty.
    """
    cleaned = {name.lower(): name for name in map(_clean, names)}
    return list(cleaned.values())


def _clean(name: str) -> str:
    if len(name) > MAX_TAG:
        message = format_lazy(_("A tag has at most {n} characters."), n=MAX_TAG)
        raise TextRefused("text_too_long", message, field="names")
    if not (cleaned := one_line(name, MAX_TAG)):
        raise TextRefused("text_empty", _("A tag needs a name."), field="names")
    return cleaned
