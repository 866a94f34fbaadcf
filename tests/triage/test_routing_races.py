"""Drains, claims and departures at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction

from conversations import actions
from conversations.errors import AlreadyAssigned
from conversations.models import Conversation, Priority
from people.actions import set_availability
from people.models import Agent, Availability, Team
from tests.conversations.desk import LATER, NOON, team
from tests.conversations.test_races import at_once, fresh
from tests.triage.routing import asking, giving_team, owner, present, turn_on
from triage.actions.routing import drain, escalate_overdue
from triage.actions.routing_room import read_room
from triage.models import Decision, Desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def desk() -> Desk:
    return turn_on()


def assigned_events(where: Conversation) -> int:
    return where.parts.filter(event="assigned").count()


def test_drains_at_once_give_everything_once_and_nobody_too_much() -> None:
    front, back = giving_team(limit=3), giving_team()
    agents = [present(f"Agent {number}", front, back, capacity=4) for number in range(4)]
    waiting = [asking((front, back)[number % 2]) for number in range(24)]
    given = at_once(6, lambda _: drain(LATER))
    assert sum(each for each in given if isinstance(each, int)) == 16
    loads = Counter(owner(each) for each in waiting)
    assert [loads[each] for each in agents] == [4] * 4
    for each in agents:
        assert each.conversations.filter(team=front).count() <= 3
    assert all(assigned_events(each) == (owner(each) is not None) for each in waiting)
    assert Decision.objects.count() == 16


def test_of_twenty_who_claim_while_work_is_given_out_one_has_each_conversation() -> None:
    front = giving_team()
    agents = [present(f"Agent {number}", front, capacity=2) for number in range(18)]
    waiting = [asking(front) for _ in range(4)]

    def act(index: int) -> int:
        if index < 2:
            return drain(LATER)
        actions.claim(fresh(waiting[index % 4]), by=agents[index - 2], now=LATER)
        return 0

    outcomes = at_once(20, act)
    owners = [owner(each) for each in waiting]
    assert None not in owners
    assert [assigned_events(each) for each in waiting] == [1] * 4
    claimed = 18 - sum(isinstance(each, AlreadyAssigned) for each in outcomes)
    assert claimed + Decision.objects.count() == 4
    for decision in Decision.objects.select_related("conversation"):
        assert decision.conversation.assignee_id == decision.agent_id


def test_a_claim_that_came_first_counts_against_the_limit() -> None:
    """Claims do not wait for a drain, and a drain counts what was committed when it began to count."""
    front = giving_team()
    ada = present("Ada", front, capacity=1)
    taken, other = asking(front), asking(front)
    with transaction.atomic():
        actions.claim(taken, by=ada, now=LATER)
        begun = threading.Thread(target=_drain_alone)
        begun.start()
        begun.join(0.3)
    begun.join()
    assert assigned_events(taken) == 1
    actions.close(taken, by=ada, now=LATER)
    drain(LATER)
    assert owner(other) == ada


def test_a_drain_counts_only_after_the_one_before_it_has_given() -> None:
    front = giving_team()
    ada = present("Ada", front, capacity=1)
    first = asking(front)
    with transaction.atomic():
        assert drain(LATER) == 1
        other = threading.Thread(target=_ask_and_drain, args=(front,))
        other.start()
        other.join(0.5)
    other.join()
    assert owner(first) == ada
    assert Conversation.objects.filter(assignee=ada).count() == 1


def _ask_and_drain(front: Team) -> None:
    """Something more urgent comes, which another drain would give away first."""
    try:
        asking(front, priority=Priority.URGENT)
        drain(LATER)
    finally:
        connection.close()


def _drain_alone() -> None:
    try:
        drain(LATER)
    finally:
        connection.close()


def test_nobody_leaves_while_work_is_given_to_them() -> None:
    """Whoever leaves first gets nothing; whoever leaves while their work is written waits that moment."""
    for _ in range(5):
        front = giving_team()
        ada = present("Ada", front)
        where = asking(front)

        def act(index: int, ada: Agent = ada) -> None:
            if index:
                drain(LATER)
            else:
                set_availability(Agent.objects.get(pk=ada.pk), Availability.AWAY, now=LATER)

        at_once(2, act)
        assert (owner(where) == ada) == Decision.objects.filter(agent=ada).exists()
        assert drain(LATER) == 0


def test_a_departure_waits_for_the_drain_that_counts_on_the_agent() -> None:
    front = giving_team()
    ada = present("Ada", front)
    done = threading.Event()

    def leave() -> None:
        try:
            set_availability(Agent.objects.get(pk=ada.pk), Availability.AWAY, now=LATER)
            done.set()
        finally:
            connection.close()

    leaving = threading.Thread(target=leave)
    with transaction.atomic():
        read_room(LATER)
        leaving.start()
        leaving.join(0.3)
        assert not done.is_set()
    leaving.join()
    assert done.is_set()


def test_agents_write_and_claim_while_a_drain_holds_them() -> None:
    front = giving_team()
    ada = present("Ada", front)
    where = asking(front)
    outcome: list[object] = []

    def claim() -> None:
        try:
            actions.claim(fresh(where), by=ada, now=LATER)
            outcome.append(None)
        finally:
            connection.close()

    claiming = threading.Thread(target=claim)
    with transaction.atomic():
        read_room(LATER)
        claiming.start()
        claiming.join()
    assert outcome == [None]
    assert owner(where) == ada


def test_escalations_at_once_go_up_one_step_and_never_take_it_from_somebody() -> None:
    front, second, _ = giving_team(tier=1, escalates_after=10), giving_team(tier=2, escalates_after=10), team(tier=3)
    agents = [present(f"Agent {number}", front, capacity=0) for number in range(3)]
    waiting = [asking(front, at=NOON + timedelta(seconds=number)) for number in range(6)]

    def act(index: int) -> int:
        if index < 3:
            return escalate_overdue(LATER)
        actions.claim(fresh(waiting[index]), by=agents[index - 3], now=LATER)
        return 0

    at_once(6, act)
    for each in waiting:
        each.refresh_from_db()
        ups = each.parts.filter(event="routed").count()
        assert (ups, each.team) in ((1, second), (0, front))
        assert not each.parts.filter(event="assigned", data__why="escalated").exists()
    assert Decision.objects.filter(kind="escalated").count() == sum(each.team == second for each in waiting)
