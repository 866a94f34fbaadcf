"""Open, snoozed, closed: what brings a conversation from one to another, and what does not."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from conversations import actions
from conversations.errors import TextRefused
from conversations.models import Conversation, State, Status
from tests.conversations.desk import (
    LATER,
    agent,
    events,
    replies,
    says,
    waiting,
)

pytestmark = pytest.mark.django_db


def test_a_time_that_is_over_cannot_be_snoozed_until() -> None:
    with pytest.raises(TextRefused) as refusal:
        actions.snooze(waiting(), until=LATER, by=agent(), now=LATER)
    assert (refusal.value.code, refusal.value.status, refusal.value.field) == ("invalid_date", 422, "until")


@pytest.mark.parametrize(
    "until", [datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))), LATER.replace(year=2200)]
)
def test_nobody_snoozes_beyond_what_a_database_can_give_back(until: datetime) -> None:
    where, anna = waiting(), agent()
    with pytest.raises(TextRefused) as refusal:
        actions.snooze(where, until=until, by=anna, now=LATER)
    assert (refusal.value.code, refusal.value.field) == ("invalid_date", "until")
    assert Conversation.objects.visible_to(anna).get(pk=where.pk).state == "open"


def test_snoozed_until_a_time_it_wakes_then_and_not_before() -> None:
    where, anna, until = waiting(), agent(), LATER + timedelta(hours=2)
    actions.snooze(where, until=until, by=anna, now=LATER)
    assert where.waiting_since is None
    assert actions.wake_due(until - timedelta(seconds=1)) == 0
    assert actions.wake_due(until) == 1
    assert actions.wake_due(until) == 0
    where = Conversation.objects.get(pk=where.pk)
    assert (where.state, where.snoozed_until, where.waiting_since) == ("open", None, until)
    assert events(where)[-1] == ("woken", {"why": "time"})


def test_snoozed_until_a_reply_it_wakes_with_it_and_keeps_its_assignee() -> None:
    where, anna = waiting(), agent()
    actions.claim(where, by=anna, now=LATER)
    actions.snooze(where, until=None, by=anna, now=LATER)
    assert actions.wake_due(LATER + timedelta(days=4000)) == 0
    says(where, "Any news?", now=LATER)
    assert (where.state, where.assignee, where.waiting_since) == ("open", anna, LATER)
    assert events(where)[-1] == ("woken", {"why": "customer_wrote"})


@pytest.mark.parametrize("thanks", ["Thank you so much!", "Terima kasih banyak", "Tack så mycket!", "ok thanks :)"])
def test_thanks_do_not_reopen(thanks: str) -> None:
    where, anna = waiting(), agent()
    replies(where, anna, "It is on its way.")
    actions.close(where, by=anna, now=LATER)
    says(where, thanks, now=LATER)
    assert (where.state, where.waiting_since) == ("closed", None)
    says(where, "Thanks, but when?", now=LATER)
    assert (where.state, where.waiting_since) == ("open", LATER)


def test_reopening_knows_whether_somebody_waits() -> None:
    asked, answered, anna = waiting(), waiting(), agent()
    replies(answered, anna, "It is on its way.")
    for where in (asked, answered):
        actions.close(where, by=anna, now=LATER)
        actions.reopen(where, by=anna, now=LATER, why="closed too early")
        assert events(where)[-1] == ("reopened", {"why": "closed too early"})
    assert (asked.waiting_since, answered.waiting_since) == (LATER, None)


def test_a_named_status_brings_its_state_and_leaves_with_it() -> None:
    where, anna = waiting(), agent()
    ordered = Status.objects.create(name="Parts ordered", state=State.SNOOZED)
    solved = Status.objects.create(name="Solved", state=State.CLOSED)
    actions.set_status(where, ordered, by=anna, now=LATER)
    assert (where.state, where.status) == ("snoozed", ordered)
    actions.set_status(where, solved, by=anna, now=LATER)
    assert (where.state, where.status, where.closed_at) == ("closed", solved, LATER)
    actions.set_status(where, None, by=anna, now=LATER)
    assert (where.state, where.status) == ("closed", None)
    actions.set_status(where, solved, by=anna, now=LATER)
    actions.reopen(where, by=anna, now=LATER)
    assert where.status is None
