"""Many at once: one winner, no holes, no duplicates, nobody waiting for each other in a ring."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.db import connection

from conversations import actions, serializers
from conversations.actions import CannotMerge
from conversations.errors import AlreadyAssigned, ConversationMerged, EditConflict, Refusal
from conversations.models import Conversation, Draft, Part, Tag
from conversations.parts import NewPart
from people.models import Role
from tests.conversations.desk import LATER, NOON, agent, customer, replies, says, waiting

pytestmark = pytest.mark.django_db(transaction=True)

R = TypeVar("R")


def at_once(count: int, work: Callable[[int], R]) -> list[R | Refusal]:
    """What `work` returned, or refused, for 0, 1, 2 …, all started at the same moment."""
    meet = threading.Barrier(count)

    def run(index: int) -> R | Refusal:
        meet.wait()
        try:
            return work(index)
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def fresh(where: Conversation) -> Conversation:
    """As a request of its own would fetch it."""
    return Conversation.objects.select_related("customer").get(pk=where.pk)


def numbers(where: Conversation) -> list[int]:
    return list(where.parts.in_order().values_list("number", flat=True))


def test_of_twenty_who_claim_one_gets_it_and_the_others_are_told_who() -> None:
    where = waiting()
    agents = [agent(f"Agent {index}") for index in range(20)]
    outcomes = at_once(20, lambda index: actions.claim(fresh(where), by=agents[index], now=LATER))
    winner = fresh(where).assignee
    assert winner is not None
    losers = [outcome for outcome in outcomes if isinstance(outcome, AlreadyAssigned)]
    assert (len(losers), outcomes.count(None)) == (19, 1)
    assert {loser.message for loser in losers} == {f"{winner.name} was faster."}
    assert outcomes.index(None) == agents.index(winner)
    assert where.parts.filter(event="assigned").count() == 1


def test_three_writers_of_two_hundred_each_leave_no_hole() -> None:
    where, anna = waiting(), agent()
    carl = agent("Carl")
    authors = [serializers.customer_author(where.customer), *map(serializers.agent_author, (anna, carl))]

    def write(index: int) -> None:
        for count in range(200):
            actions.post_one(NewPart(where.pk, "message", authors[index], f"{index} {count}", uuid.uuid4()), now=LATER)

    at_once(3, write)
    assert numbers(where) == list(range(1, len(numbers(where)) + 1))
    public = list(where.parts.public().in_order().values_list("public_number", flat=True))
    assert public == list(range(1, 602))
    bodies = list(where.parts.filter(kind="message").in_order().values_list("body", flat=True))[1:]
    for index in range(3):
        assert [body for body in bodies if body.startswith(f"{index} ")] == [f"{index} {count}" for count in range(200)]
    stored = fresh(where)
    assert (stored.last_number, stored.last_public_number) == (numbers(where)[-1], 601)


def test_fifty_retries_on_many_connections_are_one_message() -> None:
    where = waiting()
    new = NewPart(where.pk, "message", serializers.customer_author(where.customer), "Late?", uuid.uuid4())
    outcomes: Any = at_once(50, lambda index: actions.post_one(new, now=LATER))
    assert {outcome.part.number for outcome in outcomes} == {2}
    assert [outcome.created for outcome in outcomes].count(True) == 1
    assert Part.objects.filter(body="Late?").count() == 1


@pytest.mark.parametrize("verb", ["close", "snooze", "priority", "tag", "follow", "redact"])
def test_a_verb_said_by_many_at_once_is_said_once(verb: str) -> None:
    where = waiting()
    agents = [agent(f"Agent {index}") for index in range(8)]

    def say(index: int) -> None:
        it, by = fresh(where), agents[index]
        verbs: dict[str, Callable[[], Any]] = {
            "close": lambda: actions.close(it, by=by, now=LATER),
            "snooze": lambda: actions.snooze(it, until=None, by=by, now=LATER),
            "priority": lambda: actions.set_priority(it, 4, by=by, now=LATER),  # type: ignore[arg-type]
            "tag": lambda: actions.tag(it, ["late", "vip"], by=by, now=LATER),
            "follow": lambda: actions.follow(it, by=agents[0]),
            "redact": lambda: actions.redact(it.parts.get(number=1), by=by, now=LATER),
        }
        verbs[verb]()

    assert at_once(8, say) == [None] * 8
    assert where.parts.filter(kind="event").count() == (0 if verb == "follow" else 1)
    assert numbers(where) == list(range(1, len(numbers(where)) + 1))
    assert Tag.objects.count() == (2 if verb == "tag" else 0)


def test_merging_both_ways_at_once_merges_one_way() -> None:
    bea, boss = customer(), agent(role=Role.MANAGER)
    for _ in range(5):
        pair = [waiting(whose=bea), waiting(whose=bea)]
        outcomes = at_once(
            2,
            lambda index: actions.merge(fresh(pair[index]), into=fresh(pair[1 - index]), by=boss, now=LATER),  # noqa: B023
        )
        assert outcomes.count(None) == 1
        assert [type(outcome) for outcome in outcomes if outcome] == [ConversationMerged]
        assert sorted(fresh(each).merged_into_id is None for each in pair) == [False, True]


def test_a_split_asked_for_by_many_at_once_is_made_once() -> None:
    where, anna, key = waiting(), agent(), uuid.uuid4()
    made = at_once(6, lambda index: actions.split(fresh(where), numbers=[1], by=anna, now=LATER, public_id=key))
    assert {str(each) for each in made} == {f"#{Conversation.objects.get(public_id=key).pk}"}
    assert where.parts.filter(event="split").count() == 1


def test_devices_that_save_a_draft_at_once_do_not_overwrite_each_other() -> None:
    where, anna = waiting(), agent()
    outcomes = at_once(
        6, lambda index: actions.save_draft(fresh(where), by=anna, kind="reply", body=str(index), version=0, now=LATER)
    )
    winners = [index for index, outcome in enumerate(outcomes) if isinstance(outcome, Draft)]
    assert len(winners) == 1
    assert [type(outcome) for outcome in outcomes].count(EditConflict) == 5
    assert Draft.objects.get().body == str(winners[0])


def test_reading_and_writing_at_once_lose_neither() -> None:
    """A read mark is not a part; the ledger, which writes the whole row, must not put an old one back."""
    where, anna = waiting(), agent()

    def act(index: int) -> None:
        if index % 2:
            says(fresh(where), str(index), now=NOON)
        else:
            actions.mark_read(fresh(where), by=anna, number=index + 1)

    at_once(12, act)
    actions.mark_read(fresh(where), by=anna, number=7)
    assert fresh(where).agents_read == 7
    replies(where, anna, "Done")
    assert fresh(where).agents_read == fresh(where).last_public_number


def test_a_chain_of_verbs_on_two_conversations_ends() -> None:
    """Locks are taken in the order of keys, whichever way round two conversations are named."""
    bea, boss = customer(), agent(role=Role.MANAGER)
    one, two = waiting(whose=bea), waiting(whose=bea)

    def act(index: int) -> None:
        source, into = (one, two) if index % 2 else (two, one)
        for _ in range(5):
            try:
                actions.merge(fresh(source), into=fresh(into), by=boss, now=LATER)
                actions.unmerge(fresh(source), by=boss, now=LATER)
            except (ConversationMerged, CannotMerge):
                continue

    at_once(4, act)
    for where in (one, two):
        assert numbers(where) == list(range(1, len(numbers(where)) + 1))
