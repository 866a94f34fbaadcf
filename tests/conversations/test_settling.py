"""What rules and models set, and where they keep their hands off."""

from __future__ import annotations

import pytest

from conversations import actions
from conversations.actions import Settling
from conversations.models import Priority, Topic
from conversations.parts import SYSTEM
from people.models import Role
from tests.conversations.desk import LATER, NOON, agent, events, named, team, waiting

pytestmark = pytest.mark.django_db


def test_everything_is_set_in_order_with_its_reason() -> None:
    where, other, billing, ada = waiting(), waiting(), team("Billing"), agent("Ada")
    refund = Topic.objects.create(name="Refund")
    wanted = Settling(
        where.pk, refund.pk, Priority.HIGH, billing.pk, ada.pk, {"topic": "triage", "assignee": "capacity"}
    )
    changed = actions.settle([wanted, Settling(other.pk, priority=Priority.LOW)], by=SYSTEM, now=LATER)
    assert changed == {
        where.pk: {"topic", "priority", "team", "assignee"},
        other.pk: {"priority"},
    }
    where.refresh_from_db()
    assert (where.topic, where.priority, where.team, where.assignee) == (refund, Priority.HIGH, billing, ada)
    assert events(where) == [
        ("topic_set", {"topic": named(refund), "was": None, "why": "triage"}),
        ("prioritised", {"priority": "high", "was": "normal"}),
        ("routed", {"to": named(billing), "was": None}),
        ("assigned", {"to": named(ada), "was": None, "why": "capacity"}),
    ]


def test_what_a_person_decided_stays() -> None:
    where, boss = waiting(), agent("Boss", role=Role.MANAGER)
    theirs, ours = Topic.objects.create(name="Theirs"), Topic.objects.create(name="Ours")
    mine, billing = team("Mine"), team("Billing")
    actions.set_topic(where, theirs, by=boss, now=NOON)
    actions.set_priority(where, Priority.URGENT, by=boss, now=NOON)
    actions.route(where, to=mine, by=boss, now=NOON)
    actions.claim(where, by=boss, now=NOON)
    wanted = Settling(where.pk, ours.pk, Priority.LOW, billing.pk, agent().pk)
    assert actions.settle([wanted], by=SYSTEM, now=LATER) == {where.pk: frozenset()}
    assert actions.decided_by_hand([where.pk]) == {where.pk: {"topic", "priority", "team"}}
    where.refresh_from_db()
    assert (where.topic, where.priority, where.team, where.assignee) == (theirs, Priority.URGENT, mine, boss)


def test_a_decision_may_be_replaced_by_the_next_one_of_the_same_kind() -> None:
    where = waiting()
    first, second = Topic.objects.create(name="First"), Topic.objects.create(name="Second")
    actions.settle([Settling(where.pk, first.pk)], by=SYSTEM, now=NOON)
    assert actions.settle([Settling(where.pk, second.pk)], by=SYSTEM, now=LATER) == {where.pk: {"topic"}}
    assert events(where)[-1] == ("topic_set", {"topic": named(second), "was": named(first)})


def test_closed_conversations_and_rows_that_are_gone_are_left_alone() -> None:
    done, where, left = waiting(), waiting(), agent("Left")
    actions.close(done, by=agent(role=Role.ADMIN), now=NOON)
    left.is_active = False
    left.save()
    missing = [Settling(where.pk, 987_654, None, 987_654, left.pk), Settling(987_654, priority=Priority.LOW)]
    changed = actions.settle([Settling(done.pk, priority=Priority.LOW), *missing], by=SYSTEM, now=LATER)
    assert changed == {done.pk: frozenset(), where.pk: frozenset()}
    assert events(where) == []


def test_an_escalation_says_so() -> None:
    where, experts = waiting(), team("Experts", tier=3)
    actions.settle([Settling(where.pk, team=experts.pk, escalated=True)], by=SYSTEM, now=LATER)
    assert events(where) == [("routed", {"to": named(experts), "was": None, "escalated": True})]
