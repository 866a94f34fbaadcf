"""The outbox is worked off in order, at least once, whatever fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from conversations import actions, realtime, relay, tasks
from conversations.actions import sweeping
from conversations.models import Conversation, MessengerSession, OutboxRow, Part
from conversations.signals import parts_posted
from tests.conversations.desk import NOON, agent, conversation, customer, says, touchpoint

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=1)


def clock() -> datetime:
    return LATER


class Heard(list[UUID]):
    """A handler that remembers, and refuses what it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: set[UUID] = set()
        self.calls = 0

    def __call__(self, parts: Sequence[UUID]) -> None:
        self.calls += 1
        if not self.bad.isdisjoint(parts):
            raise ValueError("cannot read this one")
        self.extend(parts)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """The only handler of parts."""
    handler = Heard()
    monkeypatch.setattr(relay, "_handlers", {"part": [handler]})
    return handler


@pytest.fixture
def told() -> Iterator[list[UUID]]:
    """What siblings hear."""
    parts: list[UUID] = []

    def receiver(sender: object, parts: list[UUID], told: list[UUID] = parts, **_: object) -> None:
        told.extend(parts)

    parts_posted.connect(receiver)
    yield parts
    parts_posted.disconnect(receiver)


def posted(count: int) -> list[UUID]:
    """Keys of parts, two conversations taking turns, in the order in which they were posted."""
    places = [conversation(), conversation()]
    return [says(places[index % 2], f"{index}").id for index in range(count)]


def test_rows_are_served_in_order_and_forgotten(
    heard: Heard, told: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "BATCH", 3)
    parts = posted(7)
    assert relay.drain(clock) == 7
    assert heard == parts == told
    assert heard.calls == 3
    assert not OutboxRow.objects.exists()
    assert relay.drain(clock) == 0


def test_a_poisonous_row_waits_longer_each_time_and_holds_up_no_other(heard: Heard, told: list[UUID]) -> None:
    parts = posted(5)
    heard.bad = {parts[2]}
    relay.drain(clock)
    good = [*parts[:2], *parts[3:]]
    assert heard == good == told
    row = OutboxRow.objects.get()
    assert (row.part_id, row.attempts, row.available_at) == (parts[2], 1, LATER + timedelta(seconds=2))
    assert row.error == "ValueError: cannot read this one"
    now = LATER
    pauses = []
    for _ in range(14):
        row.refresh_from_db()
        now, pause = row.available_at, row.available_at - now
        pauses.append(int(pause.total_seconds()))
        relay.work_off(now)
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]
    heard.bad = set()
    relay.drain(lambda: now + timedelta(hours=1))
    assert heard[-1] == parts[2]
    assert not OutboxRow.objects.exists()


def test_what_a_failing_handler_wrote_is_undone(heard: Heard) -> None:
    part = posted(1)[0]

    def careless(parts: Sequence[UUID]) -> None:
        Part.objects.filter(pk__in=parts).update(body="changed")
        raise ValueError

    relay.register("part", careless)
    relay.drain(clock)
    assert Part.objects.get(pk=part).body == "0"


def test_rows_of_the_future_wait(heard: Heard) -> None:
    posted(1)
    assert relay.drain(lambda: NOON - timedelta(seconds=1)) == 0
    assert heard == []


def test_a_relay_killed_after_serving_serves_again(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the commit and forgetting the rows siblings are told; dying there repeats, and loses nothing."""
    parts = posted(2)

    def die(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(parts_posted, "send_robust", die)
        with pytest.raises(KeyboardInterrupt):
            relay.work_off(LATER)
    assert OutboxRow.objects.count() == 2
    relay.work_off(LATER)
    assert heard == parts * 2


def test_a_receiver_that_fails_stops_nobody(heard: Heard, told: list[UUID]) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError

    parts_posted.connect(broken)
    parts = posted(2)
    relay.drain(clock)
    parts_posted.disconnect(broken)
    assert told == parts


@pytest.mark.django_db(transaction=True)
def test_relays_that_run_at_once_serve_each_row_once(heard: Heard) -> None:
    parts = posted(40)
    meet = threading.Barrier(4)

    def run(_: int) -> None:
        meet.wait()
        try:
            relay.drain(clock)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert sorted(heard) == sorted(parts)
    assert not OutboxRow.objects.exists()


def test_the_sweep_rings_for_rows_nobody_rang_for(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[bool] = []
    monkeypatch.setattr(realtime, "ring", lambda: rung.append(True))
    posted(1)
    sweeping.ring_for_forgotten(NOON + timedelta(seconds=1))
    assert rung == []
    sweeping.ring_for_forgotten(NOON + timedelta(seconds=3))
    assert rung == [True]


def test_the_sweep_forgets_browsers_that_signed_out_long_ago() -> None:
    bea, site = customer(), touchpoint()
    for age in (None, 29, 31):
        ended = NOON - timedelta(days=age) if age else None
        MessengerSession.objects.create(
            token_hash=str(age), customer=bea, touchpoint=site, last_seen_at=NOON, revoked_at=ended
        )
    sweeping.forget_ended_sessions(NOON)
    assert set(MessengerSession.objects.values_list("pk", flat=True)) == {"None", "29"}


def test_a_chore_that_fails_leaves_the_others_to_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    where = conversation()
    says(where, "Hello")
    actions.snooze(where, until=LATER, by=agent(), now=NOON)

    def broken(now: datetime) -> None:
        raise RuntimeError

    monkeypatch.setattr(sweeping, "_CHORES", (broken, actions.wake_due))
    actions.sweep(LATER)
    assert Conversation.objects.get(pk=where.pk).state == "open"


@pytest.mark.parametrize("task", [tasks.relay_outbox, tasks.sweep])
def test_a_task_run_twice_is_run_once(task: Callable[[], None]) -> None:
    where = conversation()
    says(where, "Hello")
    actions.snooze(where, until=LATER, by=agent(), now=NOON)
    task()
    numbers = list(where.parts.values_list("number", "event"))
    task()
    assert list(where.parts.values_list("number", "event")) == numbers
