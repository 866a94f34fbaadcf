"""Two conversations of one customer become one, and two again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conversations import actions
from conversations.actions import CannotMerge
from conversations.errors import ConversationMerged, Refusal
from conversations.models import Conversation, Part
from conversations.parts import SYSTEM
from people.models import Agent
from tests.conversations.desk import (
    LATER,
    NOON,
    agent,
    customer,
    events,
    replies,
    says,
    waiting,
)

pytestmark = pytest.mark.django_db


REFUSED: dict[str, Callable[[Conversation, Agent], Any]] = {
    "claim": lambda where, by: actions.claim(where, by=by, now=LATER),
    "assign": lambda where, by: actions.assign(where, to=by, by=by, now=LATER),
    "snooze": lambda where, by: actions.snooze(where, until=None, by=by, now=LATER),
    "set_status": lambda where, by: actions.set_status(where, None, by=by, now=LATER),
    "route": lambda where, by: actions.route(where, to=None, by=by, now=LATER),
    "escalate": lambda where, by: actions.escalate(where, by=by, now=LATER),
    "reopen": lambda where, by: actions.reopen(where, by=by, now=LATER),
    "split": lambda where, by: actions.split(where, numbers=[1], by=by, now=LATER),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_went_on_elsewhere_is_changed_there(name: str) -> None:
    bea, anna = customer(), agent()
    source, target = waiting(whose=bea), waiting(whose=bea)
    actions.merge(source, into=target, by=anna, now=LATER)
    with pytest.raises(ConversationMerged) as refusal:
        REFUSED[name](source, anna)
    assert refusal.value.target == target.pk


def test_merging_and_its_way_back() -> None:
    bea, anna = customer(), agent()
    source, target = waiting(whose=bea), waiting(whose=bea)
    replies(target, anna, "It is on its way.")
    actions.merge(source, into=target, by=anna, now=LATER, why="the same parcel")
    actions.merge(source, into=target, by=anna, now=LATER)
    assert (source.state, source.merged_into) == ("closed", target)
    assert target.waiting_since == NOON  # the question asked there is still open
    last = source.parts.in_order().last()
    assert last is not None
    assert (last.event, last.public_number) == ("merged", 2)
    assert last.data["into"] == str(target.public_id)
    assert last.data["why"] == "the same parcel"
    arrived = target.parts.get(event="merged_from")
    assert (arrived.public_number, arrived.data["from"]) == (None, str(source.public_id))
    with pytest.raises(ConversationMerged) as refusal:
        says(source, "Hello?")
    assert refusal.value.target == target.pk == actions.destination(source.pk)

    actions.unmerge(source, by=anna, now=LATER)
    actions.unmerge(source, by=anna, now=LATER)
    assert (source.state, source.merged_into, source.waiting_since) == ("open", None, NOON)
    assert [event for event, _ in events(source)] == ["merged", "unmerged"]
    assert target.parts.get(event="unmerged").public_number is None
    says(source, "Hello?")
    assert source.parts.filter(body="Hello?").exists()


def test_a_chain_of_merges_is_followed_to_its_end() -> None:
    bea, anna = customer(), agent()
    one, two, three = (waiting(whose=bea) for _ in range(3))
    actions.merge(one, into=two, by=anna, now=LATER)
    actions.merge(two, into=three, by=anna, now=LATER)
    assert actions.destination(one.pk) == three.pk


def test_merging_into_a_closed_one_opens_it_for_who_waits() -> None:
    bea, anna = customer(), agent()
    source, target = waiting(whose=bea), waiting(whose=bea)
    actions.close(target, by=anna, now=LATER)
    actions.merge(source, into=target, by=anna, now=LATER)
    assert (target.state, target.waiting_since) == ("open", NOON)
    assert events(target)[-1] == ("reopened", {"why": "merged"})


def _into_itself() -> tuple[Conversation, Conversation]:
    where = waiting()
    return where, where


def _of_somebody_else() -> tuple[Conversation, Conversation]:
    return waiting(), waiting(whose=customer("Carla"))


def _in_a_ring() -> tuple[Conversation, Conversation]:
    bea = customer()
    one, two = waiting(whose=bea), waiting(whose=bea)
    actions.merge(two, into=one, by=SYSTEM, now=LATER)
    return one, two


def _twice() -> tuple[Conversation, Conversation]:
    bea = customer()
    one, two = waiting(whose=bea), waiting(whose=bea)
    actions.merge(one, into=two, by=SYSTEM, now=LATER)
    return one, waiting(whose=bea)


@pytest.mark.parametrize(
    ("pair", "refusal"),
    [
        (_into_itself, CannotMerge),
        (_of_somebody_else, CannotMerge),
        (_in_a_ring, ConversationMerged),
        (_twice, ConversationMerged),
    ],
)
def test_merges_that_make_no_sense(
    pair: Callable[[], tuple[Conversation, Conversation]], refusal: type[Refusal]
) -> None:
    source, target = pair()
    before = Part.objects.count()
    with pytest.raises(refusal):
        actions.merge(source, into=target, by=agent(), now=LATER)
    assert Part.objects.count() == before


@pytest.mark.parametrize("went_on", [False, True], ids=["nothing happened since", "it went on"])
def test_the_way_back_lets_nobody_wait_twice(went_on: bool) -> None:
    bea, anna = customer(), agent()
    source, target = waiting(whose=bea), waiting(whose=bea)
    actions.close(target, by=anna, now=NOON)
    actions.merge(source, into=target, by=anna, now=LATER)
    if went_on:
        says(target, "One more thing")
    actions.unmerge(source, by=anna, now=LATER)
    target.refresh_from_db()
    assert (source.state, source.waiting_since) == ("open", NOON)
    assert (target.state, target.waiting_since) == (("open", NOON) if went_on else ("closed", None))
