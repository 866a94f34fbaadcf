"""Tags, followers and attributes."""

from __future__ import annotations

import pytest

from conversations import actions
from conversations.errors import TextRefused
from conversations.models import Conversation, Tag
from people.errors import Refused
from people.models import AttributeDefinition
from tests.conversations.desk import (
    LATER,
    agent,
    events,
    team,
    waiting,
)

pytestmark = pytest.mark.django_db


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
