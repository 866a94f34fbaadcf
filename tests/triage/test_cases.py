"""What waits to be read is a row, whatever becomes of rings and workers."""

from __future__ import annotations

import pytest

from conversations import actions, relay
from conversations.models import Part
from people.models import Role
from tests.conversations.desk import LATER, NOON, agent, conversation, replies, says, waiting
from triage import cases
from triage.models import Case, Desk, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def on() -> Desk:
    return Desk.objects.create(mode=Desk.Mode.ON)


def heard() -> None:
    """The relay serves what was posted."""
    while relay.work_off(LATER):
        pass


def test_what_a_customer_writes_waits_to_be_read(on: Desk) -> None:
    where = conversation()
    says(where, "Hello")
    says(where, "I was charged twice")
    heard()
    case = Case.objects.get()
    assert (case.conversation, case.due_number, case.read_number, case.due_at) == (where, 2, 0, NOON)
    assert cases.has_waited(NOON)


def test_what_others_write_does_not(on: Desk) -> None:
    where, ada = conversation(), agent()
    replies(where, ada, "Good morning")
    replies(where, ada, "A note", kind="note")
    actions.close(where, by=agent(role=Role.ADMIN), now=NOON)
    heard()
    assert not Case.objects.exists()


def test_later_messages_move_the_number_and_not_the_place_in_the_queue(on: Desk) -> None:
    where = waiting()
    heard()
    says(where, "Still nothing", now=LATER)
    heard()
    case = Case.objects.get()
    assert (case.due_number, case.due_at) == (2, NOON)
    Case.objects.update(read_number=2)
    assert not cases.has_waited(LATER)
    says(where, "Hello?", now=LATER)
    heard()
    case.refresh_from_db()
    assert (case.due_number, case.read_number, case.due_at) == (3, 2, LATER)


def test_hearing_a_part_twice_changes_nothing(on: Desk) -> None:
    where = waiting()
    heard()
    Case.objects.update(read_number=1)
    cases.mark_due(list(Part.objects.filter(conversation=where).values_list("pk", flat=True)))
    assert not cases.has_waited(LATER)


def test_a_desk_without_triage_keeps_no_books() -> None:
    waiting()
    heard()
    assert not Case.objects.exists()


def test_switching_on_reads_everything_that_is_open() -> None:
    open_, done = waiting(), waiting()
    actions.close(done, by=agent(role=Role.ADMIN), now=NOON)
    conversation()  # nobody has written
    assert cases.mark_all_open(LATER) == 1
    assert Case.objects.get().conversation == open_
    Case.objects.update(read_number=1)
    cases.mark_all_open(LATER)
    assert cases.has_waited(LATER)


def test_reasons_go_with_the_words_they_quote(on: Desk) -> None:
    where = waiting()
    heard()
    Case.objects.update(read_number=1)
    quoting = {"topic": [{"text": "order", "weight": 1.0}]}
    for is_last in (False, True):
        Verdict.objects.create(conversation=where, number=1, reasons=quoting, is_last=is_last, created_at=NOON)
    actions.redact(Part.objects.get(conversation=where, number=1), by=agent(role=Role.ADMIN), now=NOON)
    heard()
    assert list(Verdict.objects.values_list("reasons", flat=True)) == [{}, {}]
    assert cases.has_waited(LATER)  # to be read again without them


def test_what_is_done_already_is_not_read(on: Desk) -> None:
    where = waiting()
    actions.close(where, by=agent(role=Role.ADMIN), now=NOON)
    heard()
    assert not Case.objects.exists()
