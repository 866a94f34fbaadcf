"""What triage reads of a conversation."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conversations import actions
from conversations.models import Part
from people.models import Role
from tests.conversations.desk import NOON, agent, conversation, replies, says
from triage.texts import LONGEST, MOST, Wording, texts_of

pytestmark = pytest.mark.django_db


def test_the_opening_is_what_was_said_before_anybody_answered() -> None:
    where, ada = conversation(), agent()
    says(where, "Hello")
    says(where, "I was charged twice")
    replies(where, ada, "a note", kind="note")
    replies(where, ada, "Which order?")
    says(where, "Order 10482")
    says(where, "And it is late too!")
    assert texts_of([where.pk]) == {
        where.pk: Wording(
            where.pk, "Hello\nI was charged twice", "Order 10482\nAnd it is late too!", 7, messages=4, answered=True
        )
    }


def test_before_any_answer_both_are_the_same() -> None:
    where = conversation()
    says(where, "Where is my parcel?")
    wording = texts_of([where.pk])[where.pk]
    assert wording.opening == wording.latest == "Where is my parcel?"
    assert not wording.answered


def test_where_an_agent_wrote_first_the_answer_is_the_opening() -> None:
    where, ada = conversation(), agent()
    replies(where, ada, "Did your parcel arrive?")
    says(where, "No, it did not")
    wording = texts_of([where.pk])[where.pk]
    assert (wording.opening, wording.latest, wording.answered) == ("No, it did not", "No, it did not", False)
    replies(where, ada, "We send another")
    wording = texts_of([where.pk])[where.pk]
    assert (wording.opening, wording.latest, wording.answered) == ("No, it did not", "No, it did not", True)


def test_redacted_words_are_gone() -> None:
    where, boss = conversation(), agent(role=Role.ADMIN)
    says(where, "My card is 4111")
    says(where, "It was charged twice")
    actions.redact(Part.objects.get(conversation=where, number=1), by=boss, now=NOON)
    assert texts_of([where.pk])[where.pk].opening == "It was charged twice"


def test_empty_and_unknown_conversations_have_an_empty_wording() -> None:
    where = conversation()
    found = texts_of([where.pk, 987_654])
    assert [found[key].opening for key in (where.pk, 987_654)] == ["", ""]
    assert found[where.pk].number == 0


def test_long_texts_are_cut() -> None:
    where = conversation()
    for hour in range(3):
        says(where, "x" * 1500, now=NOON + timedelta(hours=hour))
    assert len(texts_of([where.pk])[where.pk].opening) == LONGEST


def test_of_what_is_long_the_latest_is_how_it_ends() -> None:
    """Else whoever wrote much at first could never again be heard to hurry."""
    where = conversation()
    says(where, "x" * 9_000)
    assert len(set(texts_of([where.pk])[where.pk].latest)) == 1
    says(where, "My house is on fire!")
    wording = texts_of([where.pk])[where.pk]
    assert wording.opening == "x" * LONGEST
    assert wording.latest == "x" * (LONGEST - 21) + "\nMy house is on fire!"


def test_of_very_many_messages_the_first_and_the_last_are_looked_up() -> None:
    where, ada = conversation(), agent()
    replies(where, ada, "How may we help?")
    for number in range(1, 2 * MOST + 6):
        says(where, f"word{number}")
        replies(where, ada, "Yes?") if number == 1 else None
    wording = texts_of([where.pk])[where.pk]
    assert (wording.opening, wording.messages, wording.answered) == ("word1", 2 * MOST + 5, True)
    said = wording.latest.split("\n")
    assert said == [f"word{number}" for number in (*range(2, MOST + 1), *range(MOST + 6, 2 * MOST + 6))]
