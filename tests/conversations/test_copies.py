"""Splitting and redacting: what is copied, and that what is taken away is gone from every copy."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from conversations import actions, serializers
from conversations.actions import CannotRedact, CannotSplit
from conversations.errors import NotFound
from conversations.models import Attachment, Conversation, OutboxRow, Part, SearchDocument
from conversations.parts import NewPart
from people.models import Agent
from tests.conversations.desk import NOON, agent, conversation, replies, says, team

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


def two_matters() -> Conversation:
    """1: a message, 2: a note, 3: a reply (and 4: assigned), 5: a second matter."""
    where, anna = conversation(team=team()), agent()
    says(where, "My order never arrived")
    replies(where, anna, "she is a regular", kind="note")
    replies(where, anna, "It is on its way.")
    says(where, "And the lamp is broken", now=NOON + timedelta(minutes=5))
    return where


def insider(where: Conversation) -> Agent:
    """Somebody who may see it."""
    assert where.team is not None
    return agent(teams=(where.team,))


def attach(part_id: uuid.UUID, blob: str = "ab" * 32) -> Attachment:
    return Attachment.objects.create(
        part_id=part_id, name="a.png", media_type="image/png", size=3, blob=blob, created_at=NOON
    )


def test_a_split_copies_messages_and_notes_with_their_times_and_authors() -> None:
    where = two_matters()
    attach(where.parts.get(number=5).pk)
    by = insider(where)
    new = actions.split(where, numbers=[5, 2], by=by, now=LATER)
    copies = list(new.parts.in_order())
    assert [(part.kind, part.body, part.public_number) for part in copies] == [
        ("note", "she is a regular", None),
        ("message", "And the lamp is broken", 1),
        ("event", "", None),
    ]
    assert copies[1].created_at == NOON + timedelta(minutes=5)
    assert (copies[0].author_kind, copies[1].customer) == ("agent", where.customer)
    file = copies[1].attachments.get()
    assert (file.blob, file.name) == ("ab" * 32, "a.png")
    assert Attachment.objects.count() == 2
    assert where.parts.get(number=5).body
    assert copies[2].data == {
        "from": str(where.public_id),
        "from_reference": where.reference,
        "numbers": {"2": 1, "5": 2},
    }
    last = where.parts.in_order().last()
    assert last is not None
    assert (last.event, last.data["into"]) == ("split", str(new.public_id))


def test_a_split_off_conversation_is_the_same_customers_and_waits_for_an_answer() -> None:
    where = two_matters()
    by = insider(where)
    new = actions.split(where, numbers=[1, 3, 5], by=by, now=LATER)
    stored = Conversation.objects.get(pk=new.pk)
    assert (stored.customer, stored.team, stored.assignee) == (where.customer, where.team, where.assignee)
    assert (stored.state, stored.waiting_since) == ("open", NOON + timedelta(minutes=5))
    assert (stored.snippet, stored.last_number, stored.last_public_number) == ("And the lamp is broken", 4, 3)
    answered = actions.split(where, numbers=[1, 3], by=by, now=LATER)
    assert answered.waiting_since is None


def test_a_split_asked_for_twice_is_made_once() -> None:
    where, key = two_matters(), uuid.uuid4()
    by = insider(where)
    first = actions.split(where, numbers=[5], by=by, now=LATER, public_id=key)
    assert actions.split(where, numbers=[5], by=by, now=LATER, public_id=key) == first
    assert Conversation.objects.count() == 2
    with pytest.raises(NotFound):
        actions.split(where, numbers=[5], by=by, now=LATER, public_id=conversation().public_id)


@pytest.mark.parametrize("numbers", [[], [2], [4, 5], [99], [1] * 3 + list(range(1, 300))])
def test_numbers_that_make_no_conversation(numbers: list[int]) -> None:
    where = two_matters()
    with pytest.raises(CannotSplit):
        actions.split(where, numbers=numbers, by=insider(where), now=LATER)
    assert Conversation.objects.count() == 1


def test_a_redacted_message_keeps_its_place_and_nothing_else(django_capture_on_commit_callbacks: Any) -> None:
    where = two_matters()
    part = where.parts.get(number=5)
    attach(part.pk)
    SearchDocument.objects.create(part=part, conversation=where, vector="lamp")
    OutboxRow.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        actions.redact(part, by=insider(where), now=LATER, why="card number")
    stored = Part.objects.get(pk=part.pk)
    assert (stored.body, stored.redacted_at, stored.number) == ("", LATER, 5)
    file = stored.attachments.get()
    assert (file.removed_at is not None, file.blob) == (True, "")
    assert not SearchDocument.objects.exists()
    assert set(OutboxRow.objects.values_list("part", flat=True)) == {part.pk, where.parts.get(event="redacted").pk}
    where.refresh_from_db()
    assert where.snippet == ""
    event = serializers.stored_parts(where.parts.filter(event="redacted"))[0]
    assert event.data == {"number": 5, "public_number": 3, "why": "card number"}
    assert event.for_customers()["data"] == {"number": 3}


def test_redacting_an_older_message_leaves_the_snippet() -> None:
    where = two_matters()
    actions.redact(where.parts.get(number=1), by=insider(where), now=LATER)
    where.refresh_from_db()
    assert where.snippet == "And the lamp is broken"


def test_that_a_note_was_redacted_is_nothing_to_the_customer() -> None:
    where = two_matters()
    actions.redact(where.parts.get(number=2), by=insider(where), now=LATER)
    assert where.parts.get(event="redacted").public_number is None


def test_redacting_twice_is_redacting_once() -> None:
    where = two_matters()
    by = insider(where)
    for _ in range(2):
        actions.redact(where.parts.get(number=5), by=by, now=LATER)
    assert where.parts.filter(event="redacted").count() == 1


def test_a_retry_of_a_redacted_message_brings_nothing_back() -> None:
    where = conversation()
    bea = serializers.customer_author(where.customer)
    new = NewPart(where.pk, "message", bea, "4111 1111 1111 1111", uuid.uuid4())
    part = actions.post_one(new, now=NOON).part
    actions.redact(Part.objects.get(pk=part.id), by=agent(), now=LATER)
    again = actions.post_one(new, now=LATER)
    assert (again.created, again.part.body, again.part.redacted) == (False, "", True)


def test_events_cannot_be_redacted() -> None:
    where = two_matters()
    with pytest.raises(CannotRedact):
        actions.redact(where.parts.get(number=4), by=insider(where), now=LATER)


@pytest.mark.parametrize("at", ["source", "copy", "copy of the copy"])
def test_redacting_reaches_every_copy(at: str) -> None:
    where = two_matters()
    by = insider(where)
    first = actions.split(where, numbers=[5], by=by, now=LATER)
    second = actions.split(first, numbers=[1], by=by, now=LATER)
    places = {"source": (where, 5), "copy": (first, 1), "copy of the copy": (second, 1)}
    there, number = places[at]
    actions.redact(there.parts.get(number=number), by=by, now=LATER)
    assert not Part.objects.filter(body="And the lamp is broken").exists()
    for place, expected in places.values():
        assert place.parts.get(event="redacted").data["number"] == expected
