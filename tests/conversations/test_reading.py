"""Read marks and drafts: forward only, and nobody's words overwritten."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from conversations import actions, realtime, sessions
from conversations.errors import BadRequest, EditConflict, NotFound, TextRefused
from conversations.models import Conversation, Draft, ReadMark
from people.models import Agent
from tests.conversations.desk import NOON, agent, conversation, replies, says, team

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
Heard = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """Every frame that goes out, with the group it goes to."""
    frames: Heard = []

    def publish(pushes: list[realtime.Push]) -> None:
        for group, payload in pushes:
            if group != realtime.INBOX:
                frames.append((group, json.loads(payload[16:])))

    monkeypatch.setattr(realtime, "publish", publish)
    return frames


def thread() -> tuple[Conversation, Agent]:
    """1/1 customer, 2/- note, 3/2 reply, 4/- assigned, 5/3 customer."""
    where, anna = conversation(), agent()
    says(where, "one")
    replies(where, anna, "aside", kind="note")
    replies(where, anna, "two")
    says(where, "three")
    return where, anna


def test_reading_moves_forward_and_never_back(heard: Heard, django_capture_on_commit_callbacks: Any) -> None:
    where, _ = thread()
    carl = agent("Carl")
    with django_capture_on_commit_callbacks(execute=True):
        for number in (4, 2, 4, 0, -7):
            actions.mark_read(where, by=carl, number=number)
    assert ReadMark.objects.get(agent=carl).number == 4
    assert where.agents_read == 2  # their reply, which the agents read by writing it
    with django_capture_on_commit_callbacks(execute=True):
        actions.mark_read(where, by=carl, number=10**12)
    assert ReadMark.objects.get(agent=carl).number == where.last_number == 5
    assert Conversation.objects.get(pk=where.pk).agents_read == 3
    about = {"type": "read", "conversation": str(where.public_id), "by": "agents"}
    assert heard == [
        (realtime.thread_group(where.pk), {**about, "number": 5}),
        (realtime.customer_group(where.customer_id), {**about, "number": 3}),
    ]


def test_what_the_customer_has_read_is_told_in_each_readers_numbers(
    heard: Heard, django_capture_on_commit_callbacks: Any
) -> None:
    where, anna = thread()
    replies(where, anna, "four")
    heard.clear()
    with django_capture_on_commit_callbacks(execute=True):
        for number in (3, 4, 4, 10**12, 1):
            actions.mark_read_by_customer(where, number=number)
    about = {"type": "read", "conversation": str(where.public_id), "by": "customer"}
    assert heard == [
        (realtime.thread_group(where.pk), {**about, "number": 6}),
        (realtime.customer_group(where.customer_id), {**about, "number": 4}),
    ]
    assert Conversation.objects.get(pk=where.pk).customer_read == 4


def test_nobody_reads_what_they_may_not_see() -> None:
    where = conversation(team=team())
    says(where, "one")
    with pytest.raises(NotFound):
        actions.mark_read(where, by=agent(), number=1)
    assert not ReadMark.objects.exists()


def save(where: Conversation, by: Agent, body: str, version: int) -> Draft:
    return actions.save_draft(where, by=by, kind="reply", body=body, version=version, now=LATER)


def test_a_draft_is_saved_over_the_version_it_was_begun_from() -> None:
    where, anna = thread()
    first = save(where, anna, "Dear", 0)
    second = save(where, anna, "Dear Bea", first.version)
    with pytest.raises(EditConflict):
        save(where, anna, "Hello", first.version)
    assert save(where, anna, "Dear Bea", first.version).version == second.version  # a retry
    assert (Draft.objects.get().body, Draft.objects.get().version) == ("Dear Bea", 2)


def test_two_devices_that_begin_at_once_do_not_overwrite_each_other() -> None:
    where, anna = thread()
    save(where, anna, "Dear", 0)
    with pytest.raises(EditConflict):
        save(where, anna, "Hello", 0)


def test_what_was_sent_does_not_come_back_from_an_old_tab() -> None:
    where, anna = thread()
    draft = save(where, anna, "On its way.", 0)
    replies(where, anna, "On its way.")
    with pytest.raises(EditConflict):
        save(where, anna, "On its way", draft.version)
    assert not Draft.objects.exists()


def test_drafts_are_ones_own_and_bounded() -> None:
    where, anna = thread()
    save(where, anna, "mine", 0)
    assert save(where, agent("Carl"), "also mine", 0).version == 1
    with pytest.raises(TextRefused):
        save(where, anna, "x" * 10_001, 1)
    with pytest.raises(BadRequest):
        actions.save_draft(where, by=anna, kind="poem", body="", version=0, now=LATER)
    hidden = conversation(team=team())
    says(hidden, "one")
    with pytest.raises(NotFound):
        save(hidden, anna, "x", 0)


def test_events_are_told_apart_from_what_is_unread() -> None:
    where, anna = thread()
    actions.mark_read_by_customer(where, number=where.last_public_number)
    actions.close(where, by=anna, now=LATER)
    (told,) = sessions.opening(where.customer, {}).conversations
    assert told["events"] == [told["last_number"]]
    actions.mark_read_by_customer(where, number=told["last_number"])
    (told,) = sessions.opening(where.customer, {}).conversations
    assert told["events"] == []
