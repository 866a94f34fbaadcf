"""What each verb changes, which event it leaves, and that saying it twice says it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from conversations import actions
from conversations.actions import CannotMerge, NoHigherTeam
from conversations.errors import AlreadyAssigned, BadRequest, ConversationMerged, NotFound, Refusal, TextRefused
from conversations.models import Conversation, OutboxRow, Part, Priority, State, Status, Tag, Topic
from conversations.parts import SYSTEM
from people.errors import Refused
from people.models import Agent, AttributeDefinition, Role
from tests.conversations.desk import NOON, agent, conversation, customer, replies, says, team

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
Verb = Callable[[Conversation, Agent], Any]


def waiting(**fields: Any) -> Conversation:
    """A conversation whose customer has written once."""
    where = conversation(**fields)
    says(where, "My order never arrived")
    return where


def events(where: Conversation) -> list[tuple[str, dict[str, Any]]]:
    return list(where.parts.filter(kind="event").in_order().values_list("event", "data"))


def named(row: Any) -> dict[str, str]:
    return {"id": str(row.pk), "name": str(row)}


def _assign_to_self(where: Conversation, by: Agent) -> None:
    actions.assign(where, to=by, by=by, now=LATER, why="knows the shop")


def _route(where: Conversation, by: Agent) -> None:
    actions.route(where, to=team("Billing-x"), by=by, now=LATER)


def _set_status(where: Conversation, by: Agent) -> None:
    status, _ = Status.objects.get_or_create(name="Parts ordered", state=State.SNOOZED)
    actions.set_status(where, status, by=by, now=LATER)


def _set_topic(where: Conversation, by: Agent) -> None:
    actions.set_topic(where, Topic.objects.get_or_create(name="Delivery")[0], by=by, now=LATER)


def _set_attribute(where: Conversation, by: Agent) -> None:
    AttributeDefinition.objects.get_or_create(subject="conversation", key="order", defaults={"label": "Order"})
    actions.set_attributes(where, {"order": "A-17"}, by=by, now=LATER)


def _snooze(where: Conversation, by: Agent) -> None:
    actions.snooze(where, until=LATER + timedelta(days=1), by=by, now=LATER)


VERBS: dict[str, tuple[Verb, list[str]]] = {
    "claim": (lambda where, by: actions.claim(where, by=by, now=LATER), ["assigned"]),
    "assign": (_assign_to_self, ["assigned"]),
    "close": (lambda where, by: actions.close(where, by=by, now=LATER, why="done"), ["closed"]),
    "snooze": (_snooze, ["snoozed"]),
    "set_priority": (lambda where, by: actions.set_priority(where, Priority.HIGH, by=by, now=LATER), ["prioritised"]),
    "set_topic": (_set_topic, ["topic_set"]),
    "set_status": (_set_status, ["snoozed", "status_set"]),
    "tag": (lambda where, by: actions.tag(where, ["vip", "VIP", "late"], by=by, now=LATER), ["tagged"]),
    "set_attributes": (_set_attribute, ["attributes_set"]),
}


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_leaves_one_event_and_a_row_in_the_outbox(name: str) -> None:
    verb, expected = VERBS[name]
    where, anna = waiting(), agent()
    OutboxRow.objects.all().delete()
    verb(where, anna)
    assert [event for event, _ in events(where)] == expected
    parts = where.parts.filter(event__in=expected)
    assert {(part.agent, part.created_at) for part in parts} == {(anna, LATER)}
    assert set(OutboxRow.objects.values_list("part", flat=True)) == set(parts.values_list("pk", flat=True))


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_said_twice_is_said_once(name: str) -> None:
    verb, _ = VERBS[name]
    where, anna = waiting(), agent()
    verb(where, anna)
    before = list(where.parts.values_list("number", flat=True))
    verb(where, anna)
    assert list(where.parts.values_list("number", flat=True)) == before


@pytest.mark.parametrize("name", VERBS)
def test_the_instance_knows_what_its_row_says(name: str) -> None:
    where, anna = waiting(), agent()
    VERBS[name][0](where, anna)
    stored = Conversation.objects.get(pk=where.pk)
    for field in Conversation._meta.concrete_fields:
        assert getattr(where, field.attname) == getattr(stored, field.attname), field.attname


@pytest.mark.parametrize("name", [*VERBS, "reopen", "merge", "split", "redact", "follow", "untag", "escalate", "route"])
def test_what_an_agent_may_not_see_they_cannot_change(name: str) -> None:
    """The team may have changed between the fetch and the lock."""
    hidden = waiting()
    stranger, elsewhere = agent("Carl"), team(tier=1)
    Conversation.objects.filter(pk=hidden.pk).update(team=elsewhere)
    verbs = {each: verb for each, (verb, _) in VERBS.items()} | {
        "reopen": lambda where, by: actions.reopen(where, by=by, now=LATER),
        "merge": lambda where, by: actions.merge(waiting(whose=where.customer), into=where, by=by, now=LATER),
        "split": lambda where, by: actions.split(where, numbers=[1], by=by, now=LATER),
        "redact": lambda where, by: actions.redact(where.parts.get(number=1), by=by, now=LATER),
        "follow": lambda where, by: actions.follow(where, by=by),
        "untag": lambda where, by: actions.untag(where, ["vip"], by=by, now=LATER),
        "escalate": lambda where, by: actions.escalate(where, by=by, now=LATER),
        "route": _route,
    }
    with pytest.raises(NotFound):
        verbs[name](hidden, stranger)
    assert hidden.parts.count() == 1
    assert hidden.parts.get().body


def test_the_desk_itself_is_not_asked_for_permission() -> None:
    where = waiting(team=team())
    actions.close(where, by=SYSTEM, now=LATER, why="nobody answered")
    assert events(where) == [("closed", {"why": "nobody answered"})]


def test_who_comes_second_is_told_who_was_first() -> None:
    where, anna, carl = waiting(), agent(), agent("Carl Holm")
    actions.claim(where, by=anna, now=LATER)
    with pytest.raises(AlreadyAssigned, match="Anna Berg was faster"):
        actions.claim(where, by=carl, now=LATER)
    assert where.assignee == anna


def test_assigning_says_from_whom_to_whom_and_why() -> None:
    where, anna, carl = waiting(), agent(), agent("Carl")
    actions.assign(where, to=carl, by=anna, now=LATER)
    actions.assign(where, to=None, by=anna, now=LATER, why="on leave\x00\n")
    assert events(where) == [
        ("assigned", {"to": named(carl), "was": None}),
        ("assigned", {"to": None, "was": named(carl), "why": "on leave"}),
    ]


def test_somebody_who_left_is_given_nothing() -> None:
    where, anna, gone = waiting(), agent(), agent("Carl")
    Agent.objects.filter(pk=gone.pk).update(is_active=False)
    with pytest.raises(BadRequest, match="not here any more"):
        actions.assign(where, to=gone, by=anna, now=LATER)


def test_routing_leaves_the_assignee_and_escalating_does_not() -> None:
    first, second = team("Shop", specialty="returns"), team("Aa experts", tier=2)
    special = team("Returns", tier=2, specialty="returns")
    anna = agent(teams=(first,), role=Role.MANAGER)
    where = waiting(team=first)
    actions.claim(where, by=anna, now=LATER)
    actions.route(where, to=first, by=anna, now=LATER)  # it is there already
    actions.escalate(where, by=anna, now=LATER, why="needs a refund")
    assert (where.team, where.assignee) == (special, None)
    actions.route(where, to=second, by=anna, now=LATER)
    with pytest.raises(NoHigherTeam, match="No team stands above tier 2"):
        actions.escalate(where, by=anna, now=LATER)
    assert [event for event, _ in events(where)] == ["assigned", "assigned", "routed", "routed"]
    assert events(where)[2][1] == {
        "to": named(special),
        "was": named(first),
        "why": "needs a refund",
        "escalated": True,
    }


def test_a_time_that_is_over_cannot_be_snoozed_until() -> None:
    with pytest.raises(TextRefused) as refusal:
        actions.snooze(waiting(), until=LATER, by=agent(), now=LATER)
    assert (refusal.value.code, refusal.value.status, refusal.value.field) == ("invalid_date", 422, "until")


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


def test_tags_are_one_whatever_their_case() -> None:
    where, anna = waiting(), agent()
    vip = Tag.objects.create(name="VIP")
    actions.tag(where, [" vip ", "late\u202e"], by=anna, now=LATER)
    assert set(where.tags.values_list("name", flat=True)) == {vip.name, "late"}
    actions.untag(where, ["Late", "unknown"], by=anna, now=LATER)
    actions.untag(where, ["unknown"], by=anna, now=LATER)
    assert events(where) == [("tagged", {"tags": ["VIP", "late"]}), ("untagged", {"tags": ["late"]})]


@pytest.mark.parametrize(("name", "code"), [("x" * 61, "text_too_long"), (" \u200b", "text_empty")])
def test_a_tag_needs_a_name_of_reasonable_length(name: str, code: str) -> None:
    with pytest.raises(TextRefused) as refusal:
        actions.tag(waiting(), [name], by=agent(), now=LATER)
    assert refusal.value.code == code


def test_following_keeps_a_conversation_in_sight() -> None:
    anna = agent()
    where = waiting()
    actions.follow(where, by=anna)
    actions.follow(where, by=anna)
    Conversation.objects.filter(pk=where.pk).update(team=team())
    assert Conversation.objects.visible_to(anna).get() == where
    actions.unfollow(where, by=anna)
    actions.unfollow(where, by=anna)
    assert not Conversation.objects.visible_to(anna).exists()


ATTRIBUTES = [
    ("text", 5, "invalid_type"),
    ("text", "x" * 1001, "text_too_long"),
    ("number", "5", "invalid_type"),
    ("number", True, "invalid_type"),
    ("boolean", 1, "invalid_type"),
    ("date", "2026-02-30", "invalid_date"),
    ("date", 20260301, "invalid_type"),
    ("choice", "green", "unknown_value"),
    ("choice", ["red"], "invalid_type"),
]


@pytest.mark.parametrize(("kind", "value", "code"), ATTRIBUTES)
def test_an_attribute_of_the_wrong_type_is_refused(kind: str, value: object, code: str) -> None:
    AttributeDefinition.objects.create(subject="conversation", key="x", label="X", type=kind, choices=["red"])
    where = waiting()
    with pytest.raises(Refused) as refusal:
        actions.set_attributes(where, {"x": value}, by=agent(), now=LATER)
    assert (refusal.value.code, refusal.value.field) == (code, "attributes.x")
    assert Conversation.objects.get(pk=where.pk).attributes == {}


def test_attributes_are_set_taken_away_and_never_invented() -> None:
    AttributeDefinition.objects.create(subject="conversation", key="paid", label="Paid", type="boolean")
    where, anna = waiting(), agent()
    actions.set_attributes(where, {"paid": True}, by=anna, now=LATER)
    assert Conversation.objects.get(pk=where.pk).attributes == {"paid": True}
    actions.set_attributes(where, {"paid": None}, by=anna, now=LATER)
    assert where.attributes == {}
    with pytest.raises(Refused) as refusal:
        actions.set_attributes(where, {"secret": 1}, by=anna, now=LATER)
    assert refusal.value.code == "unknown_field"


MERGED_REFUSES: dict[str, Verb] = {
    "claim": VERBS["claim"][0],
    "assign": VERBS["assign"][0],
    "snooze": VERBS["snooze"][0],
    "set_status": VERBS["set_status"][0],
    "route": _route,
    "escalate": lambda where, by: actions.escalate(where, by=by, now=LATER),
    "reopen": lambda where, by: actions.reopen(where, by=by, now=LATER),
    "split": lambda where, by: actions.split(where, numbers=[1], by=by, now=LATER),
}


@pytest.mark.parametrize("name", MERGED_REFUSES)
def test_what_went_on_elsewhere_is_changed_there(name: str) -> None:
    bea, anna = customer(), agent()
    source, target = waiting(whose=bea), waiting(whose=bea)
    actions.merge(source, into=target, by=anna, now=LATER)
    with pytest.raises(ConversationMerged) as refusal:
        MERGED_REFUSES[name](source, anna)
    assert refusal.value.target == target.pk


def test_merging_and_its_way_back() -> None:
    bea, anna = customer(), agent()
    source, target = waiting(whose=bea), waiting(whose=bea)
    replies(target, anna, "It is on its way.")
    actions.merge(source, into=target, by=anna, now=LATER, why="the same parcel")
    actions.merge(source, into=target, by=anna, now=LATER)
    assert (source.state, source.merged_into) == ("closed", target)
    assert target.waiting_since == NOON  # the question asked there is still open
    last = source.parts.in_order().last()
    assert last is not None
    assert (last.event, last.public_number) == ("merged", 2)
    assert last.data["into"] == str(target.public_id)
    assert last.data["why"] == "the same parcel"
    arrived = target.parts.get(event="merged_from")
    assert (arrived.public_number, arrived.data["from"]) == (None, str(source.public_id))
    with pytest.raises(ConversationMerged) as refusal:
        says(source, "Hello?")
    assert refusal.value.target == target.pk == actions.destination(source.pk)

    actions.unmerge(source, by=anna, now=LATER)
    actions.unmerge(source, by=anna, now=LATER)
    assert (source.state, source.merged_into, source.waiting_since) == ("open", None, NOON)
    assert [event for event, _ in events(source)] == ["merged", "unmerged"]
    assert target.parts.get(event="unmerged").public_number is None
    says(source, "Hello?")
    assert source.parts.filter(body="Hello?").exists()


def test_a_chain_of_merges_is_followed_to_its_end() -> None:
    bea, anna = customer(), agent()
    one, two, three = (waiting(whose=bea) for _ in range(3))
    actions.merge(one, into=two, by=anna, now=LATER)
    actions.merge(two, into=three, by=anna, now=LATER)
    assert actions.destination(one.pk) == three.pk


def test_merging_into_a_closed_one_opens_it_for_who_waits() -> None:
    bea, anna = customer(), agent()
    source, target = waiting(whose=bea), waiting(whose=bea)
    actions.close(target, by=anna, now=LATER)
    actions.merge(source, into=target, by=anna, now=LATER)
    assert (target.state, target.waiting_since) == ("open", NOON)
    assert events(target)[-1] == ("reopened", {"why": "merged"})


def _into_itself() -> tuple[Conversation, Conversation]:
    where = waiting()
    return where, where


def _of_somebody_else() -> tuple[Conversation, Conversation]:
    return waiting(), waiting(whose=customer("Carla"))


def _in_a_ring() -> tuple[Conversation, Conversation]:
    bea = customer()
    one, two = waiting(whose=bea), waiting(whose=bea)
    actions.merge(two, into=one, by=SYSTEM, now=LATER)
    return one, two


def _twice() -> tuple[Conversation, Conversation]:
    bea = customer()
    one, two = waiting(whose=bea), waiting(whose=bea)
    actions.merge(one, into=two, by=SYSTEM, now=LATER)
    return one, waiting(whose=bea)


@pytest.mark.parametrize(
    ("pair", "refusal"),
    [
        (_into_itself, CannotMerge),
        (_of_somebody_else, CannotMerge),
        (_in_a_ring, ConversationMerged),
        (_twice, ConversationMerged),
    ],
)
def test_merges_that_make_no_sense(
    pair: Callable[[], tuple[Conversation, Conversation]], refusal: type[Refusal]
) -> None:
    source, target = pair()
    before = Part.objects.count()
    with pytest.raises(refusal):
        actions.merge(source, into=target, by=agent(), now=LATER)
    assert Part.objects.count() == before
