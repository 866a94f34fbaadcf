"""What people decide becomes training data, training makes a challenger, and the better one decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conversations import actions as talk
from conversations.models import Conversation, Part
from people.models import Agent
from tests.triage.learning_desk import (
    NOON,
    about,
    corrected,
    example,
    manager,
    sentence,
    taught,
    ticking,
    topics,
)
from triage import actions
from triage.actions.learning import asking
from triage.actions.learning.lessons import gather
from triage.models import Desk, TopicProfile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("models")]


# What is learnt from


def test_corrections_are_read_where_they_were_written() -> None:
    refund = topics()["Refund"]
    where = about("Refund", 1)
    corrected(where, refund)
    (row,) = gather().rows
    assert (row.key, row.text, row.label) == (f"c{where.pk}", sentence("Refund", 1), str(refund.pk))
    talk.redact(Part.objects.get(conversation=where, kind="message"), by=manager(), now=NOON)
    assert gather().rows == ()


def test_erased_customers_are_not_learnt_from() -> None:
    where = about("Refund", 1)
    corrected(where, topics()["Refund"])
    talk.erase_customer(where.customer, by=manager(), now=NOON)
    assert gather().rows == ()


def test_a_closed_conversation_nobody_corrected_is_no_example(anna: Agent) -> None:
    topics()
    where = about("Refund", 1)
    talk.close(where, by=anna, now=NOON)
    assert gather().rows == ()


def test_only_the_last_word_counts() -> None:
    made = topics()
    where = about("Refund", 1)
    corrected(where, made["Login"], is_last=False)
    corrected(where, made["Refund"], at=NOON + timedelta(hours=1))
    assert [row.label for row in gather().rows] == [str(made["Refund"].pk)]


def test_taking_the_topic_away_says_none_of_these(anna: Agent) -> None:
    made = topics()
    where = about("Refund", 1)
    talk.set_topic(where, made["Refund"], by=anna, now=NOON)
    talk.set_topic(where, None, by=anna, now=NOON)
    actions.hear_now(where)
    assert [row.label for row in gather().rows] == [None]


def test_a_topic_that_was_deleted_leaves_no_false_example(anna: Agent) -> None:
    made = topics()
    where = about("Refund", 1)
    talk.set_topic(where, made["Refund"], by=anna, now=NOON)
    actions.hear_now(where)
    made["Refund"].delete()
    assert gather().rows == ()


def test_examples_count_and_topics_that_are_off_do_not() -> None:
    made = topics()
    example("where is my money", made["Refund"])
    example("sing me a song", None)
    example("I cannot sign in", made["Login"])
    TopicProfile.objects.create(topic=made["Login"], is_active=False)
    lessons = gather()
    assert {(row.text, row.label) for row in lessons.rows} == {
        ("where is my money", str(made["Refund"].pk)),
        ("sing me a song", None),
    }
    assert str(made["Login"].pk) not in lessons.descriptions
    reference = lessons.reference()
    assert (reference["examples"], reference["none_of_these"], reference["corrections"]) == (2, 1, 0)


def test_lessons_are_the_newest_of_each_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.actions.learning.lessons.MOST_PER_LABEL", 2)
    made = topics()
    for at in range(4):
        example(f"refund {at}", made["Refund"], created_at=NOON + timedelta(hours=at))
    assert [row.text for row in gather().rows] == ["refund 3", "refund 2"]


def test_the_digest_tells_whether_anything_is_new() -> None:
    made = topics()
    before = gather().digest()
    example("where is my money", made["Refund"])
    after = gather().digest()
    assert before != after
    assert gather().digest() == after


# At night


def test_at_night_only_what_is_new_is_learnt(anna: Agent) -> None:
    assert actions.ask_nightly(NOON) is None  # nothing at all
    taught(12)
    run = actions.ask_nightly(NOON)
    assert run is not None
    assert actions.ask_nightly(NOON) is None  # it is at work
    actions.run_training(run, ticking())
    assert actions.ask_nightly(NOON) is None  # nothing new
    corrected(about("Login", 99), topics()["Login"])
    Desk.objects.create(pk=1, retrains=False)
    assert actions.ask_nightly(NOON) is None
    Desk.objects.update(retrains=True)
    assert actions.ask_nightly(NOON) is not None


def test_stale_is_longer_than_a_pulse() -> None:
    from triage.management.commands import triage_learn

    assert asking.STALE.total_seconds() > triage_learn._BEAT * 3


def test_conversations_are_what_is_named(anna: Agent) -> None:
    taught(4)
    keys = {int(row.key[1:]) for row in gather().rows}
    assert keys == set(Conversation.objects.values_list("pk", flat=True))
