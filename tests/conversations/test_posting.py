"""Posting: numbers, retries, and what a message does to its conversation."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from conversations import actions, serializers
from conversations.actions import Posted, posting
from conversations.errors import (
    AttachmentNotYours,
    BadRequest,
    ClientIdReused,
    ConversationMerged,
    NewerMessage,
    NotFound,
)
from conversations.models import Conversation, OutboxRow, Part
from conversations.parts import NewPart, Scope
from tests.conversations.desk import NOON, agent, conversation, customer, replies, says, team

pytestmark = pytest.mark.django_db


def message(where: Conversation, body: str = "Hello", **fields: Any) -> NewPart:
    author = serializers.customer_author(where.customer)
    return NewPart(where.pk, "message", author, body, **{"client_id": uuid.uuid4(), **fields})


def numbers(where: Conversation) -> list[tuple[int, int | None]]:
    return list(where.parts.in_order().values_list("number", "public_number"))


def test_parts_are_numbered_without_holes_and_customers_cannot_count_notes() -> None:
    where, anna = conversation(), agent()
    says(where, "one")
    replies(where, anna, "aside", kind="note")
    replies(where, anna, "two")
    assert numbers(where) == [(1, 1), (2, None), (3, 2), (4, None)]  # 4: assigned to who replied first
    assert (where.last_number, where.last_public_number) == (4, 2)


def test_a_batch_over_many_conversations_keeps_the_order_of_each() -> None:
    places = [conversation() for _ in range(3)]
    new = [message(places[i % 3], str(i)) for i in range(30)]
    outcomes = actions.post(new, now=NOON)
    assert all(isinstance(outcome, Posted) and outcome.created for outcome in outcomes)
    for index, where in enumerate(places):
        bodies = list(where.parts.in_order().values_list("body", flat=True))
        assert bodies == [str(i) for i in range(index, 30, 3)]
        assert [number for number, _ in numbers(where)] == list(range(1, 11))


def test_a_retry_returns_what_the_first_attempt_made() -> None:
    where = conversation()
    new = message(where)
    first, second = actions.post_one(new, now=NOON), actions.post_one(new, now=NOON + timedelta(hours=1))
    assert (first.created, second.created) == (True, False)
    assert first.part.for_agents() == second.part.for_agents()
    assert Part.objects.count() == 1


def test_a_retry_within_one_batch_is_a_retry_too() -> None:
    new = message(conversation())
    first, second = actions.post([new, new], now=NOON)
    assert isinstance(first, Posted)
    assert isinstance(second, Posted)
    assert first.created
    assert not second.created
    assert first.part.id == second.part.id


@pytest.mark.parametrize("apart", [True, False], ids=["in another batch", "in the same batch"])
def test_a_client_id_stands_for_one_content(apart: bool) -> None:
    where = conversation()
    new = message(where, "one")
    other = message(where, "two", client_id=new.client_id)
    outcomes = (
        [actions.post([each], now=NOON)[0] for each in (new, other)] if apart else actions.post([new, other], now=NOON)
    )
    assert isinstance(outcomes[0], Posted)
    assert isinstance(outcomes[1], ClientIdReused)
    assert list(where.parts.values_list("body", flat=True)) == ["one"]


def test_a_refused_part_is_refused_alone() -> None:
    where, stranger = conversation(), customer("Stranger")
    foreign = NewPart(where.pk, "message", serializers.customer_author(stranger), "mine?", uuid.uuid4())
    missing = message(where, "with a file", attachments=(uuid.uuid4(),))
    outcomes = actions.post([message(where, "a"), foreign, missing, message(where, "b")], now=NOON)
    assert [type(outcome) for outcome in outcomes] == [Posted, NotFound, AttachmentNotYours, Posted]
    assert [number for number, _ in numbers(where)] == [1, 2]


def test_what_the_database_refuses_fails_alone() -> None:
    where = conversation()
    outcomes = actions.post([message(where, "a"), message(where, "nul \x00"), message(where, "b")], now=NOON)
    assert [isinstance(outcome, Posted) for outcome in outcomes] == [True, False, True]
    assert list(where.parts.in_order().values_list("body", flat=True)) == ["a", "b"]


def test_every_part_leaves_an_outbox_row_of_the_same_transaction() -> None:
    where = conversation()
    part = says(where, "Hello")
    assert list(OutboxRow.objects.values_list("topic", "conversation", "part")) == [("part", where.pk, part.id)]


def test_statements_do_not_grow_with_the_batch(django_assert_num_queries: object) -> None:
    places = [conversation() for _ in range(50)]
    with django_assert_num_queries(5):  # type: ignore[operator]  # savepoint, lock, retries?, write, release
        actions.post([message(where) for where in places], now=NOON)


def test_waiting_begins_with_the_customer_and_ends_with_a_reply() -> None:
    where, anna = conversation(), agent()
    since = []
    says(where, "Where is it?", now=NOON)
    since.append(where.waiting_since)
    says(where, "Anybody?", now=NOON + timedelta(minutes=5))
    since.append(where.waiting_since)
    replies(where, anna, "Let me look", kind="note")
    since.append(where.waiting_since)
    replies(where, anna, "It is on its way")
    since.append(where.waiting_since)
    assert since == [NOON, NOON, NOON, None]


def test_replying_to_nobodys_conversation_takes_it() -> None:
    where, anna, ben = conversation(), agent(), agent("Ben")
    says(where, "Hello")
    replies(where, anna, "Hello")
    replies(where, ben, "Hello from me too")
    assert where.assignee == anna


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ("Thanks!", "closed"),
        ("thank you so much 🙏", "closed"),
        ("Terima kasih banyak", "closed"),
        ("Tack så mycket!", "closed"),
        ("Thanks, but where is the refund?", "open"),
        ("ok", "open"),
        ("It broke again", "open"),
    ],
)
def test_a_bare_thanks_does_not_reopen(body: str, state: str) -> None:
    where = conversation()
    says(where, "Hello")
    Conversation.objects.filter(pk=where.pk).update(state="closed", waiting_since=None, closed_at=NOON)
    says(where, body)
    assert where.state == state
    assert (where.waiting_since is not None) == (state == "open")
    assert where.parts.filter(event="reopened").exists() == (state == "open")


def test_a_message_wakes_a_snoozed_conversation() -> None:
    where = conversation()
    says(where, "Hello")
    Conversation.objects.filter(pk=where.pk).update(state="snoozed", waiting_since=None, snoozed_until=None)
    says(where, "thanks")
    assert where.state == "open"
    assert where.parts.filter(event="woken").exists()


def test_a_reply_can_close() -> None:
    where, anna = conversation(), agent()
    says(where, "Hello")
    actions.post_one(NewPart(where.pk, "message", serializers.agent_author(anna), "Done", then_close=True), now=NOON)
    where.refresh_from_db()
    assert (where.state, where.closed_at) == ("closed", NOON)


def test_a_newer_message_stops_a_reply_written_without_it() -> None:
    where, anna = conversation(), agent()
    says(where, "one")
    says(where, "two")
    reply = NewPart(where.pk, "message", serializers.agent_author(anna), "to one", uuid.uuid4(), seen=1)
    with pytest.raises(NewerMessage):
        actions.post_one(reply, now=NOON)
    replies(where, anna, "mine")
    mine = NewPart(where.pk, "message", serializers.agent_author(anna), "more", uuid.uuid4(), seen=2)
    assert actions.post_one(mine, now=NOON).created  # one's own message is no news


def test_an_agent_who_may_not_see_a_conversation_cannot_write_in_it() -> None:
    billing = team()
    where, anna = conversation(team=billing), agent()
    part = NewPart(where.pk, "message", serializers.agent_author(anna), "Hi", scope=Scope(anna.pk, everything=False))
    with pytest.raises(NotFound):
        actions.post_one(part, now=NOON)


def test_a_merged_conversation_says_where_it_went() -> None:
    target = conversation()
    where = conversation(merged_into=target)
    with pytest.raises(ConversationMerged) as refused:
        actions.post_one(message(where), now=NOON)
    assert refused.value.target == target.pk


@pytest.mark.django_db(transaction=True)
def test_numbers_stay_dense_under_contention() -> None:
    places = [conversation() for _ in range(4)]

    def write(worker: int) -> None:
        for round_ in range(15):
            order = places if worker % 2 else places[::-1]
            actions.post([message(where, f"{worker} {round_}") for where in order], now=NOON)
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    for where in places:
        assert [number for number, _ in numbers(where)] == list(range(1, 91))


@pytest.mark.django_db(transaction=True)
def test_fifty_retries_at_once_make_one_part() -> None:
    new = message(conversation())

    def attempt(_: int) -> int:
        try:
            return actions.post_one(new, now=NOON).part.number
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(attempt, range(50))) == {1}
    assert Part.objects.count() == 1


@pytest.mark.parametrize("kind", ["agent", "team"])
def test_calling_nobody_is_refused_alone(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, anna = conversation(), agent()
    monkeypatch.setattr(posting.log, "warning", pytest.fail)  # the database need not find it
    note = NewPart(where.pk, "note", serializers.agent_author(anna), "?", uuid.uuid4(), mentions=((kind, 10**9),))
    refused, posted = actions.post([note, message(where)], now=NOON)
    assert isinstance(refused, BadRequest)
    assert (refused.code, refused.field) == ("unknown_value", "mentions")
    assert isinstance(posted, Posted)
