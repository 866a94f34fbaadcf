"""What happens to a conversation while a model thinks about it, or while its verdict is being stored."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from conversations import actions as talk
from conversations import relay
from conversations.models import Conversation, Part, Topic
from conversations.parts import SYSTEM
from people.models import Role
from tests.conversations.desk import LATER, NOON, agent, conversation, says
from tests.triage.learning_desk import sentence
from tests.triage.readers import Reader, reader
from triage import actions, artefacts, cases, reading
from triage.actions import configuring, deciding
from triage.models import Case, Decision, Desk, Verdict
from triage.signals import verdicts_given

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, settings: Any) -> Reader:
    settings.MODELS_ROOT = tmp_path / "models"
    artefacts._kept.clear()
    return reader()


def asks(text: str) -> Conversation:
    where = conversation()
    says(where, text)
    return where


def last(where: Conversation) -> Verdict:
    return Verdict.objects.get(conversation=where, is_last=True)


def serve() -> None:
    while relay.work_off(LATER):
        pass


def remove(where: Conversation, *, asked: datetime = LATER) -> None:
    talk.redact(Part.objects.get(conversation=where, number=1), by=SYSTEM, now=asked)


def once_while_reading(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """`happens` after the first batch was read and before its verdicts are stored."""
    honest, left = reading.read, [happens]

    def read(*args: Any, **options: Any) -> list[Verdict]:
        verdicts = honest(*args, **options)
        if left:
            left.pop()()
        return verdicts

    monkeypatch.setattr(reading, "read", read)


def words() -> list[str]:
    """Everything that any verdict quotes."""
    quoted = Verdict.objects.values_list("reasons", flat=True)
    return [reason["text"] for told in quoted for reasons in told.values() for reason in reasons]


def test_words_taken_away_while_they_are_read_are_not_kept(desk: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the redaction was asked for long before it got to this conversation, as in a long erasure."""
    where = asks(sentence("Refund", 901))
    serve()

    def erased() -> None:
        remove(where, asked=NOON)
        serve()

    once_while_reading(monkeypatch, erased)
    assert actions.decide_waiting(lambda: LATER) == 2  # once more, at once
    assert not any("refund" in text.lower() or "money" in text.lower() for text in words())
    assert last(where).number == 0
    assert not Case.objects.filter(read_number=0).exists()


def test_what_is_written_after_a_redaction_is_read_at_once(desk: Reader) -> None:
    where = asks("4111 1111 1111 1111 is my card")
    desk.read()
    remove(where)
    says(where, sentence("Refund", 902), now=LATER)
    assert desk.read() == 1
    assert last(where).topic == desk.topics["Refund"]


def test_words_taken_away_while_their_verdict_is_stored_are_not_kept(
    desk: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relay waits for the verdict that it cannot see yet, and wipes that, too."""
    where = asks(sentence("Refund", 903))
    serve()
    stored, told = threading.Event(), threading.Event()
    honest = deciding._act

    def act(*args: Any) -> None:
        if not stored.is_set():
            stored.set()
            told.wait(20)
        honest(*args)

    monkeypatch.setattr(deciding, "_act", act)
    reads = threading.Thread(target=_apart, args=(lambda: actions.decide_waiting(lambda: LATER),))
    reads.start()
    assert stored.wait(20)
    remove(where)
    wipes = threading.Thread(target=_apart, args=(serve,))
    wipes.start()
    wipes.join(0.5)
    told.set()
    reads.join()
    wipes.join()
    actions.decide_waiting(lambda: LATER)
    assert Verdict.objects.filter(conversation=where).count() == 2
    assert not any("refund" in text.lower() or "money" in text.lower() for text in words())


def _apart(does: Callable[[], object]) -> None:
    try:
        does()
    finally:
        connection.close()


@pytest.mark.parametrize("mode", [Desk.Mode.SHADOW, Desk.Mode.OFF])
def test_a_desk_switched_while_it_reads_is_left_as_it_is(
    desk: Reader, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    where = asks(sentence("Refund", 904))
    once_while_reading(monkeypatch, lambda: Desk.objects.update(mode=mode))
    desk.read()
    where.refresh_from_db()
    assert (where.topic, where.team, last(where).applied) == (None, None, [])


def test_a_topic_deleted_while_it_is_given_holds_up_nobody(desk: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, other = asks(sentence("Delivery", 905)), asks(sentence("Refund", 906))
    once_while_reading(monkeypatch, lambda: Topic.objects.filter(name="Delivery").delete())
    desk.read()
    assert "topics" in last(gone).problem
    assert last(other).language == "en"


def test_a_team_deleted_while_a_conversation_is_read_holds_up_nobody(
    desk: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the team the conversation was in, which is told with what was left to people."""
    unsure, other = asks("what lovely music and flowers in the garden"), asks(sentence("Refund", 907))
    Conversation.objects.filter(pk=unsure.pk).update(team=desk.teams["Login"])
    once_while_reading(monkeypatch, desk.teams["Login"].delete)
    desk.read()
    assert {last(unsure).is_sure, last(other).is_sure} == {False, True}
    assert not Case.objects.filter(due_at__gt=LATER + timedelta(seconds=1)).exists()


def test_what_is_written_while_triage_is_switched_on_is_read(desk: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """The relay serves it when the switch is not committed yet, and to it triage is off."""
    Desk.objects.update(mode=Desk.Mode.OFF)
    made: list[Conversation] = []

    def write() -> None:
        made.append(asks("Hello"))
        serve()

    def mark(now: datetime) -> int:
        marked = cases.mark_all_open(now)
        if not made:
            writes = threading.Thread(target=_apart, args=(write,))
            writes.start()
            writes.join()
        return marked

    monkeypatch.setattr(configuring, "mark_all_open", mark)
    configuring.configure(configuring.DeskFacts("on"), by=agent(role=Role.MANAGER), now=LATER)
    assert [each.conversation for each in Case.objects.all()] == made


def test_what_two_locks_in_a_ring_undid_is_stored_again(desk: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """To read it again would take half a minute, because it is leased."""
    where, heard = asks(sentence("Refund", 908)), list[int]()
    honest, undone = deciding._act, [OperationalError("deadlock detected")]

    def act(*args: Any) -> None:
        honest(*args)
        if undone:
            raise undone.pop()

    monkeypatch.setattr(deciding, "_act", act)
    verdicts_given.connect(hear := lambda verdicts, **_: heard.extend(verdicts))
    assert desk.read() == 1
    verdicts_given.disconnect(hear)
    where.refresh_from_db()
    assert (where.topic, heard) == (desk.topics["Refund"], [last(where).pk])
    assert Verdict.objects.count() == Decision.objects.count() == 1
    assert Case.objects.get().due_at == LATER
