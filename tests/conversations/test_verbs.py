"""What each verb changes, which event it leaves, and that saying it twice says it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from conversations import actions, realtime
from conversations.actions import NoHigherTeam
from conversations.errors import AlreadyAssigned, BadRequest, NotFound
from conversations.models import Conversation, OutboxRow, Priority, State, Status, Topic
from conversations.parts import SYSTEM
from people import actions as people
from people.models import Agent, AttributeDefinition, Role
from tests.conversations.desk import (
    LATER,
    NOON,
    agent,
    events,
    named,
    team,
    waiting,
)

pytestmark = pytest.mark.django_db

Verb = Callable[[Conversation, Agent], Any]


def _assign_to_self(where: Conversation, by: Agent) -> None:
    actions.assign(where, to=by, by=by, now=LATER, why="knows the shop")


def _route(where: Conversation, by: Agent) -> None:
    actions.route(where, to=team("Billing-x"), by=by, now=LATER)


def _set_status(where: Conversation, by: Agent) -> None:
    status, _ = Status.objects.get_or_create(name="Parts ordered", state=State.SNOOZED)
    actions.set_status(where, status, by=by, now=LATER)


def _set_topic(where: Conversation, by: Agent) -> None:
    actions.set_topic(where, Topic.objects.get_or_create(name="Delivery")[0], by=by, now=LATER)


def _set_attribute(where: Conversation, by: Agent) -> None:
    AttributeDefinition.objects.get_or_create(subject="conversation", key="order", defaults={"label": "Order"})
    actions.set_attributes(where, {"order": "A-17"}, by=by, now=LATER)


def _snooze(where: Conversation, by: Agent) -> None:
    actions.snooze(where, until=LATER + timedelta(days=1), by=by, now=LATER)


VERBS: dict[str, tuple[Verb, list[str]]] = {
    "claim": (lambda where, by: actions.claim(where, by=by, now=LATER), ["assigned"]),
    "assign": (_assign_to_self, ["assigned"]),
    "close": (lambda where, by: actions.close(where, by=by, now=LATER, why="done"), ["closed"]),
    "snooze": (_snooze, ["snoozed"]),
    "set_priority": (lambda where, by: actions.set_priority(where, Priority.HIGH, by=by, now=LATER), ["prioritised"]),
    "set_topic": (_set_topic, ["topic_set"]),
    "set_status": (_set_status, ["snoozed", "status_set"]),
    "tag": (lambda where, by: actions.tag(where, ["vip", "VIP", "late"], by=by, now=LATER), ["tagged"]),
    "set_attributes": (_set_attribute, ["attributes_set"]),
}


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_leaves_one_event_and_a_row_in_the_outbox(name: str) -> None:
    verb, expected = VERBS[name]
    where, anna = waiting(), agent()
    OutboxRow.objects.all().delete()
    verb(where, anna)
    assert [event for event, _ in events(where)] == expected
    parts = where.parts.filter(event__in=expected)
    assert {(part.agent, part.created_at) for part in parts} == {(anna, LATER)}
    assert set(OutboxRow.objects.values_list("part", flat=True)) == set(parts.values_list("pk", flat=True))


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_said_twice_is_said_once(name: str) -> None:
    verb, _ = VERBS[name]
    where, anna = waiting(), agent()
    verb(where, anna)
    before = list(where.parts.values_list("number", flat=True))
    verb(where, anna)
    assert list(where.parts.values_list("number", flat=True)) == before


def test_what_changes_nothing_is_told_to_nobody(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    where, anna = waiting(), agent()
    actions.close(where, by=anna, now=LATER)
    pushed: list[realtime.Push] = []
    monkeypatch.setattr(realtime, "publish", pushed.extend)
    with django_capture_on_commit_callbacks(execute=True):
        actions.close(where, by=anna, now=LATER)
    assert pushed == []


@pytest.mark.parametrize("name", VERBS)
def test_the_instance_knows_what_its_row_says(name: str) -> None:
    where, anna = waiting(), agent()
    VERBS[name][0](where, anna)
    stored = Conversation.objects.get(pk=where.pk)
    for field in Conversation._meta.concrete_fields:
        assert getattr(where, field.attname) == getattr(stored, field.attname), field.attname


@pytest.mark.parametrize("name", [*VERBS, "reopen", "merge", "split", "redact", "follow", "untag", "escalate", "route"])
def test_what_an_agent_may_not_see_they_cannot_change(name: str) -> None:
    """The team may have changed between the fetch and the lock."""
    hidden = waiting()
    stranger, elsewhere = agent("Carl"), team(tier=1)
    Conversation.objects.filter(pk=hidden.pk).update(team=elsewhere)
    verbs = {each: verb for each, (verb, _) in VERBS.items()} | {
        "reopen": lambda where, by: actions.reopen(where, by=by, now=LATER),
        "merge": lambda where, by: actions.merge(waiting(whose=where.customer), into=where, by=by, now=LATER),
        "split": lambda where, by: actions.split(where, numbers=[1], by=by, now=LATER),
        "redact": lambda where, by: actions.redact(where.parts.get(number=1), by=by, now=LATER),
        "follow": lambda where, by: actions.follow(where, by=by),
        "untag": lambda where, by: actions.untag(where, ["vip"], by=by, now=LATER),
        "escalate": lambda where, by: actions.escalate(where, by=by, now=LATER),
        "route": _route,
    }
    with pytest.raises(NotFound):
        verbs[name](hidden, stranger)
    assert hidden.parts.count() == 1
    assert hidden.parts.get().body


def test_the_desk_itself_is_not_asked_for_permission() -> None:
    where = waiting(team=team())
    actions.close(where, by=SYSTEM, now=LATER, why="nobody answered")
    assert events(where) == [("closed", {"why": "nobody answered"})]


def test_who_comes_second_is_told_who_was_first() -> None:
    where, anna, carl = waiting(), agent(), agent("Carl Holm")
    actions.claim(where, by=anna, now=LATER)
    with pytest.raises(AlreadyAssigned, match="Anna Berg was faster"):
        actions.claim(where, by=carl, now=LATER)
    assert where.assignee == anna


def test_assigning_says_from_whom_to_whom_and_why() -> None:
    where, anna, carl = waiting(), agent(), agent("Carl")
    actions.assign(where, to=carl, by=anna, now=LATER)
    actions.assign(where, to=None, by=anna, now=LATER, why="on leave\x00\n")
    assert events(where) == [
        ("assigned", {"to": named(carl), "was": None}),
        ("assigned", {"to": None, "was": named(carl), "why": "on leave"}),
    ]


def test_somebody_who_left_is_given_nothing() -> None:
    where, anna, gone = waiting(), agent(), agent("Carl")
    Agent.objects.filter(pk=gone.pk).update(is_active=False)
    with pytest.raises(BadRequest, match="not here any more"):
        actions.assign(where, to=gone, by=anna, now=LATER)


def test_routing_leaves_the_assignee_and_escalating_does_not() -> None:
    first, second = team("Shop", specialty="returns"), team("Aa experts", tier=2)
    special = team("Returns", tier=2, specialty="returns")
    anna = agent(teams=(first,), role=Role.MANAGER)
    where = waiting(team=first)
    actions.claim(where, by=anna, now=LATER)
    actions.route(where, to=first, by=anna, now=LATER)  # it is there already
    actions.escalate(where, by=anna, now=LATER, why="needs a refund")
    assert (where.team, where.assignee) == (special, None)
    actions.route(where, to=second, by=anna, now=LATER)
    with pytest.raises(NoHigherTeam, match="No team stands above tier 2"):
        actions.escalate(where, by=anna, now=LATER)
    assert [event for event, _ in events(where)] == ["assigned", "assigned", "routed", "routed"]
    assert events(where)[2][1] == {
        "to": named(special),
        "was": named(first),
        "why": "needs a refund",
        "escalated": True,
    }


def test_what_somebody_left_undone_becomes_nobodys() -> None:
    anna, open_, done, mine = agent("Anna Berg"), waiting(), waiting(), waiting()
    for each in (open_, done):
        actions.assign(each, to=anna, by=anna, now=NOON)
    actions.assign(mine, to=agent("Ben"), by=anna, now=NOON)
    actions.close(done, by=anna, now=NOON)
    people.deactivate(anna)
    for _ in range(2):
        actions.sweep(LATER)
    for each in (open_, done, mine):
        each.refresh_from_db()
    assert (open_.assignee, done.assignee) == (None, anna)
    assert mine.assignee is not None
    assert events(open_)[-1] == ("assigned", {"why": "left", "to": None, "was": named(anna)})
    assert [name for name, facts in events(open_)] == ["assigned", "assigned"]
