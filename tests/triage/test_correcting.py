"""Whatever people decide by hand is heard, once."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection, transaction

from conversations import actions, relay
from conversations.errors import NotFound
from conversations.models import Conversation, Part, Priority, Topic
from conversations.parts import SYSTEM
from people.models import Agent, Role
from tests.conversations.desk import LATER, NOON, agent, events, says, team, waiting
from triage import actions as triage
from triage.actions import NothingToConfirm
from triage.models import Correction, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Agent:
    return agent("Boss", role=Role.MANAGER)


@pytest.fixture
def refund() -> Topic:
    return Topic.objects.create(name="Refund")


def heard() -> None:
    while relay.work_off(LATER):
        pass


def verdict(where: Conversation, topic: Topic | None, **fields: object) -> Verdict:
    return Verdict.objects.create(conversation=where, number=1, topic=topic, created_at=NOON, **fields)


def test_a_changed_topic_is_a_correction_of_the_verdict_before_it(boss: Agent, refund: Topic) -> None:
    where, other = waiting(), Topic.objects.create(name="Delivery")
    said = verdict(where, other)
    actions.set_topic(where, refund, by=boss, now=LATER)
    heard()
    correction = Correction.objects.get()
    assert (correction.field, correction.topic, correction.agent) == ("topic", refund, boss)
    assert (correction.verdict, correction.is_confirmation, correction.created_at) == (said, False, LATER)


def test_priority_and_team_are_heard_too(boss: Agent) -> None:
    where, billing = waiting(), team("Billing")
    actions.set_priority(where, Priority.URGENT, by=boss, now=LATER)
    actions.route(where, to=billing, by=boss, now=LATER)
    heard()
    found = {each.field: each.value for each in Correction.objects.all()}
    assert found == {"priority": Priority.URGENT, "team": billing}


def test_the_last_word_counts(boss: Agent, refund: Topic) -> None:
    where, other = waiting(), Topic.objects.create(name="Delivery")
    actions.set_topic(where, refund, by=boss, now=LATER)
    actions.set_topic(where, other, by=boss, now=LATER)
    actions.set_topic(where, None, by=boss, now=LATER)
    heard()
    standing = triage.last_corrections([where.pk])
    assert standing[where.pk, "topic"].topic is None
    assert Correction.objects.count() == 3


def test_hearing_twice_writes_once(boss: Agent, refund: Topic) -> None:
    where = waiting()
    actions.set_topic(where, refund, by=boss, now=LATER)
    triage.hear_now(where)
    heard()
    triage.hear(list(Part.objects.values_list("pk", flat=True)))
    assert Correction.objects.count() == 1


def test_what_the_desk_does_by_itself_is_no_correction(refund: Topic) -> None:
    where = waiting()
    actions.settle([actions.Settling(where.pk, refund.pk)], by=SYSTEM, now=LATER)
    heard()
    assert not Correction.objects.exists()


def test_choosing_what_triage_named_confirms_it(boss: Agent, refund: Topic) -> None:
    where = waiting()
    verdict(where, refund, is_sure=False)
    actions.set_topic(where, refund, by=boss, now=LATER)
    heard()
    assert Correction.objects.get().is_confirmation


def test_confirming_gives_the_topic_and_is_safe_to_repeat(boss: Agent, refund: Topic) -> None:
    where = waiting()
    said = verdict(where, refund)
    first = triage.confirm(where, by=boss, now=LATER)
    assert (first.verdict, first.topic, first.is_confirmation) == (said, refund, True)
    assert events(where)[-1][0] == "topic_set"
    heard()
    triage.confirm(where, by=boss, now=LATER)
    where.refresh_from_db()
    assert where.topic == refund
    assert Correction.objects.filter(is_last=True).count() == 1
    assert len(events(where)) == 1


def test_without_a_topic_there_is_nothing_to_confirm(boss: Agent) -> None:
    where = waiting()
    with pytest.raises(NothingToConfirm):
        triage.confirm(where, by=boss, now=LATER)
    verdict(where, None)
    with pytest.raises(NothingToConfirm):
        triage.confirm(where, by=boss, now=LATER)


def test_confirming_needs_sight(refund: Topic) -> None:
    where = waiting(team=team())
    verdict(where, refund)
    with pytest.raises(NotFound):
        triage.confirm(where, by=agent("Stranger"), now=LATER)
    assert not Correction.objects.exists()


def test_what_is_heard_late_does_not_replace_what_was_decided_since(boss: Agent, refund: Topic) -> None:
    """A part whose row failed is served after its successors, and a confirmation is written down at once."""
    where, other = waiting(), Topic.objects.create(name="Delivery")
    verdict(where, refund)
    actions.set_topic(where, other, by=boss, now=NOON)
    triage.confirm(where, by=boss, now=LATER)
    triage.hear(list(Part.objects.filter(created_at=LATER, event="topic_set").values_list("pk", flat=True)))
    triage.hear(list(Part.objects.filter(created_at=NOON, event="topic_set").values_list("pk", flat=True)))
    assert triage.last_corrections([where.pk])[where.pk, "topic"].topic == refund
    assert Correction.objects.filter(field="topic").count() == 3


@pytest.mark.django_db(transaction=True)
def test_nobody_who_writes_waits_for_what_is_being_heard(boss: Agent, refund: Topic) -> None:
    """The relay hears a whole batch in one transaction."""
    where = waiting()
    actions.set_topic(where, refund, by=boss, now=NOON)
    with transaction.atomic():
        triage.hear(list(Part.objects.values_list("pk", flat=True)))
        writes = Thread(target=_write, args=(where,))
        writes.start()
        writes.join(20)
        was_heard_out = where.parts.filter(kind="message").count() == 2
    writes.join()
    assert was_heard_out


def _write(where: Conversation) -> None:
    try:
        says(where, "Hello?", now=LATER)
    finally:
        connection.close()
