"""What is bounded stays bounded, and one failure does not take others along."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DataError, OperationalError
from django.utils import timezone

from conversations import realtime, tasks
from conversations.consumers import feed as feeds
from conversations.consumers import posting, writer
from conversations.consumers.socket import MAX_QUEUED_BYTES, Outbox
from conversations.consumers.threads import guarded
from conversations.errors import Busy, ConversationMerged, first_line
from conversations.parts import Author, NewPart, Scope
from conversations.reports import delivery

REPLY = NewPart(1, "message", Author("customer", 1), "Hello", uuid4())


class Reader:
    """The other end of a socket: takes everything, or nothing."""

    def __init__(self, *, reads: bool = True) -> None:
        self.took: list[str] = []
        self.gate = asyncio.Event()
        if reads:
            self.gate.set()

    async def send(self, event: dict[str, Any]) -> None:
        await self.gate.wait()
        self.took.append(event.get("text", f"closed {event.get('code')}"))


async def test_who_reads_everything_is_never_too_slow_in_any_script() -> None:
    reader = Reader()
    out, frame = Outbox(reader.send), '{"body": "Где мой заказ?"}'
    for _ in range(4 * MAX_QUEUED_BYTES // len(frame.encode())):
        out.put(frame.encode())
    assert out.closed is None
    assert set(reader.took) == {frame}


async def test_who_reads_nothing_is_closed() -> None:
    reader = Reader(reads=False)
    out = Outbox(reader.send)
    for _ in range(40):
        out.put(("ж" * 20_000).encode())
    assert out.closed == (1013, "you read too slowly")
    reader.gate.set()
    await out.finish()
    assert reader.took[-1] == "closed 1013"


async def test_an_outcome_that_cannot_be_told_keeps_no_other_back() -> None:
    told: list[str] = []

    def fails(_: Any) -> None:
        raise RuntimeError

    writer._answer([(REPLY, fails), (REPLY, lambda _: told.append("second"))], [Busy(), Busy()])
    assert told == ["second"]


async def test_a_message_that_follows_a_merge_into_a_full_queue_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def put(self, *_: object) -> None:
            raise Busy

    monkeypatch.setattr(posting, "writer", Full)
    reader = Reader()
    socket = posting.PostingSocket({"headers": [], "type": "websocket"}, None, reader.send)
    socket.unanswered = 1
    socket._posted(REPLY, ConversationMerged(2))
    assert '"code":"busy"' in reader.took[0]
    assert str(REPLY.client_id) in reader.took[0]


@pytest.mark.django_db
def test_only_a_database_that_is_away_is_busy() -> None:
    def fails(problem: Exception) -> None:
        raise problem

    with pytest.raises(Busy):
        guarded(fails, OperationalError("gone"))()
    with pytest.raises(DataError):
        guarded(fails, DataError("no such year"))()


class Desk:
    """An agent's socket as the feed sees it."""

    scope_now = Scope(7, everything=True)

    def __init__(self) -> None:
        self.sent: list[list[Any]] = []
        self.heard = asyncio.Event()

    def send_rows(self, rows: list[Any], *_: object) -> None:
        self.sent.append(rows)
        self.heard.set()


async def test_a_row_that_cannot_be_read_stops_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[list[int]] = []
    failed = asyncio.Event()

    async def in_thread(_: object, keys: list[int], *__: object, **___: object) -> feeds.News:
        read.append(keys)
        if 1 in keys:
            failed.set()
            raise DataError("year 10000")
        return feeds.News({7: ["row"]}, {}, None)

    monkeypatch.setattr(feeds, "in_thread", in_thread)
    monkeypatch.setattr(feeds, "EVERY", 0)
    desk = Desk()
    feed = feeds.Feed({desk: None})  # type: ignore[dict-item]
    running = asyncio.create_task(feed.run())
    try:
        await asyncio.sleep(0.05)
        feed.on_push(b'{"keys": [1], "left": []}')
        await failed.wait()
        feed.on_push(b'{"keys": [2], "left": []}')
        await desk.heard.wait()
    finally:
        running.cancel()
    assert not any(1 in keys for keys in read[read.index([1]) + 1 :])
    assert desk.sent[0] == ["row"]


async def test_whatever_left_is_read_however_much_else_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    async def in_thread(_: object, keys: list[int], *__: object, **___: object) -> feeds.News:
        asked[:] = keys
        return feeds.News({}, {}, None)

    monkeypatch.setattr(feeds, "in_thread", in_thread)
    feed = feeds.Feed({Desk(): None})  # type: ignore[dict-item]
    changed = ", ".join(map(str, range(2 * feeds.MAX_ROWS)))
    feed.on_push(f'{{"keys": [{changed}], "left": [["a", 0, 1, null]]}}'.encode())
    await feed._pass_on(counted=False)
    assert 0 in asked
    assert len(asked) == feeds.MAX_ROWS + 1


def test_rings_do_not_pile_up_while_no_worker_hears_them(engines: object, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda _, name, **__: sent.append(name))
    realtime.heard()
    for _ in range(5):
        realtime._wake_relay()
    assert sent == ["conversations.relay_outbox"]
    realtime.heard()
    realtime._wake_relay()
    assert sent == ["conversations.relay_outbox"] * 2
    realtime.heard()


@pytest.mark.django_db
def test_broken_promises_are_looked_for_every_night(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    found = delivery.check(timezone.now())
    broken = delivery.Finding(found[0].promise, 3, ["#1"])
    monkeypatch.setattr(delivery, "check", lambda _: [broken, *found[1:]])
    tasks.check_delivery()
    assert caplog.messages == [f"broken 3 times: {broken.promise.about} (#1)"]
    assert settings.CELERY_BEAT_SCHEDULE["check_delivery"]["task"] == "conversations.check_delivery"


def test_logs_tell_no_text() -> None:
    assert first_line(DataError("value too long\nDETAIL: Failing row contains (canary)")) == "DataError: value too long"
