"""Whatever happens to a conversation, its customer never reads a note, and never misses a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.test import TestCase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations import actions, realtime, serializers, sessions
from conversations.errors import Refusal
from conversations.models import Conversation, Part, Priority, Status, Topic
from people.models import Agent, Customer, Role
from tests.conversations.desk import LATER, NOON, agent, conversation, customer, replies, says, team, waiting

pytestmark = pytest.mark.django_db

SECRET = "only among us"


class World:
    """One customer, two conversations to begin with, and an agent who does as told."""

    def __init__(self) -> None:
        self.bea: Customer = customer()
        self.boss: Agent = agent("Anna Berg", role=Role.MANAGER)
        self.topic = Topic.objects.get_or_create(name=SECRET)[0]
        self.status = Status.objects.get_or_create(name=SECRET, state="snoozed")[0]
        self.team = team(tier=2)
        for _ in range(2):
            waiting(whose=self.bea)

    def conversation(self, index: int) -> Conversation:
        all_ = list(Conversation.objects.of_customer(self.bea).order_by("pk"))
        return all_[index % len(all_)]


Verb = Callable[[World, Conversation, int], Any]


def _split(world: World, where: Conversation, index: int) -> None:
    wanted = [part.number for part in where.parts.exclude(kind="event") if part.number % 2 == index % 2]
    actions.split(where, numbers=wanted, by=world.boss, now=LATER)


def _redact(world: World, where: Conversation, index: int) -> None:
    part = where.parts.exclude(kind="event").order_by("number")[index % 3 : index % 3 + 1].first()
    if part is not None:
        actions.redact(part, by=world.boss, now=LATER, why=SECRET)


def _assign(world: World, where: Conversation, index: int) -> None:
    actions.assign(where, to=world.boss if index % 2 else None, by=world.boss, now=LATER, why=SECRET)


VERBS: dict[str, Verb] = {
    "says": lambda world, where, index: says(where, f"Question {index}"),
    "thanks": lambda world, where, index: says(where, "Thanks!"),
    "replies": lambda world, where, index: replies(where, world.boss, f"Answer {index}"),
    "notes": lambda world, where, index: replies(where, world.boss, f"{SECRET} {index}", kind="note"),
    "close": lambda world, where, index: actions.close(where, by=world.boss, now=LATER, why=SECRET),
    "reopen": lambda world, where, index: actions.reopen(where, by=world.boss, now=LATER, why=SECRET),
    "snooze": lambda world, where, index: actions.snooze(where, until=None, by=world.boss, now=LATER, why=SECRET),
    "assign": _assign,
    "route": lambda world, where, index: actions.route(where, to=world.team, by=world.boss, now=LATER, why=SECRET),
    "priority": lambda world, where, index: actions.set_priority(
        where, Priority(index % 4 + 1), by=world.boss, now=LATER, why=SECRET
    ),
    "topic": lambda world, where, index: actions.set_topic(where, world.topic, by=world.boss, now=LATER),
    "status": lambda world, where, index: actions.set_status(where, world.status, by=world.boss, now=LATER),
    "tag": lambda world, where, index: actions.tag(where, [SECRET, str(index)], by=world.boss, now=LATER),
    "untag": lambda world, where, index: actions.untag(where, [SECRET], by=world.boss, now=LATER),
    "merge": lambda world, where, index: actions.merge(
        where, into=world.conversation(index), by=world.boss, now=LATER, why=SECRET
    ),
    "unmerge": lambda world, where, index: actions.unmerge(where, by=world.boss, now=LATER, why=SECRET),
    "split": _split,
    "redact": _redact,
    "draft": lambda world, where, index: actions.save_draft(
        where, by=world.boss, kind="reply", body=SECRET, version=0, now=LATER
    ),
    "read": lambda world, where, index: actions.mark_read(where, by=world.boss, number=index),
    "follow": lambda world, where, index: actions.follow(where, by=world.boss),
}
STEPS = st.lists(st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, 3), st.integers(0, 3)), max_size=14)


def _told(world: World) -> bytes:
    """Everything a messenger can ask for."""
    mine = Conversation.objects.of_customer(world.bea)
    opened = sessions.opening(world.bea, {each.public_id: 0 for each in mine})
    parts = [caught.frame(public=True) for caught in opened.caught]
    earlier = [sessions.earlier(each, before=10**6, public=True).frame(public=True) for each in mine]
    summaries = [serializers.summary(each) for each in mine.select_related("assignee", "merged_into")]
    return orjson.dumps([opened.conversations, parts, earlier, summaries])


def _dense(where: Conversation) -> bool:
    numbers = list(where.parts.in_order().values_list("number", flat=True))
    public = list(where.parts.public().in_order().values_list("public_number", flat=True))
    last = Conversation.objects.values_list("last_number", "last_public_number").get(pk=where.pk)
    return (
        numbers == list(range(1, len(numbers) + 1))
        and public == list(range(1, len(public) + 1))
        and last == (len(numbers), len(public))
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_verbs_whatever_their_order_show_a_customer_what_is_not_theirs(
    steps: list[tuple[str, int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[realtime.Push] = []
    monkeypatch.setattr(realtime, "publish", pushed.extend)
    with TestCase.captureOnCommitCallbacks(execute=True):
        world = World()
        for verb, place, index in steps:
            try:
                VERBS[verb](world, world.conversation(place), index)
            except Refusal:
                continue
    group = realtime.customer_group(world.bea.pk)
    heard = b"".join(payload for name, payload in pushed if name == group)
    assert SECRET.encode() not in heard + _told(world)
    assert all(_dense(each) for each in Conversation.objects.of_customer(world.bea))


def test_the_property_would_notice() -> None:
    """A note that were public, which only a change of the code could make, would be found."""
    world = World()
    where = world.conversation(0)
    says(where, SECRET)
    assert SECRET.encode() in _told(world)


def test_the_database_itself_keeps_notes_from_the_public() -> None:
    where = conversation()
    note = replies(where, agent(), SECRET, kind="note", now=NOON)
    with pytest.raises(Exception, match="notes_are_never_public"):
        Part.objects.filter(pk=note.id).update(public_number=1)
