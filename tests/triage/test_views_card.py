"""The card beside a conversation: who sees it, what it says, and that what it quotes stays text."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.models import Priority
from people.models import Agent
from tests.conversations import desk
from tests.triage.pages import accept, card, path, signed_in
from tests.triage.verdicts import likely, topic, verdict
from triage.models import Case, Correction, Desk

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"'>"


# Who may


def test_what_is_not_theirs_looks_like_what_is_not_there() -> None:
    client = signed_in(desk.agent("Jonas Pohl", teams=(desk.team(),)))
    foreign = desk.waiting(team=desk.team())
    verdict(foreign, topic())
    there, nowhere = client.get(path(foreign)), client.get(path(uuid.uuid4()))
    assert (there.status_code, there.content) == (404, nowhere.content)
    there, nowhere = (accept(client, each) for each in (foreign, uuid.uuid4()))
    assert (there.status_code, there.json()["error"]["code"]) == (404, "not_found")
    assert nowhere.json()["error"]["code"] == "not_found"
    assert not Correction.objects.exists()


def test_strangers_are_asked_to_sign_in() -> None:
    where = desk.waiting()
    assert Client().get(path(where)).headers["Location"].startswith("/login/")
    assert accept(Client(), where).status_code == 401


def test_a_new_member_of_the_team_sees_it() -> None:
    billing = desk.team()
    where = desk.waiting(team=billing)
    verdict(where, topic())
    assert "Refund" in card(desk.agent(teams=(billing,)), where)


# What it says


def test_without_a_verdict_there_is_nothing(anna: Agent) -> None:
    assert card(anna, desk.waiting()).strip() == ""


def test_a_sure_verdict(anna: Agent) -> None:
    where = desk.waiting()
    reasons = {"topic": [{"text": "money back", "weight": 2.0}, {"text": "hello", "weight": -1.0}]}
    verdict(where, topic(), reasons=reasons)
    said = card(anna, where, "")
    assert "Probably" in said
    assert "<b>Refund</b> · 86 %" in said
    assert "<q>money back</q>" in said
    assert "hello" not in said, "it spoke against"
    assert 'data-command="accept"' in said
    assert "data-topic" not in said, "other topics come when one asks why"


def test_an_unsure_one_names_no_topic_until_asked(anna: Agent) -> None:
    where, refund, delivery = desk.waiting(), topic(), topic("Delivery")
    verdict(where, refund, is_sure=False, topic_probability=0.4, top=likely((refund, 0.4), (delivery, 0.3)))
    said = card(anna, where, "")
    assert "Not sure yet" in said
    assert "Refund" not in said
    assert 'data-command="accept"' not in said
    asked = card(anna, where)
    assert f'data-topic="{refund.pk}"' in asked
    assert f'data-topic="{delivery.pk}"' in asked


def test_other_topics_leave_out_the_one_that_stands_and_those_that_are_gone(anna: Agent) -> None:
    where, refund, delivery, gone = desk.waiting(), topic(), topic("Delivery"), topic("Gone")
    verdict(where, refund, top=likely((refund, 0.86), (delivery, 0.1), (gone, 0.02)))
    gone.delete()
    said = card(anna, where)
    assert f'data-topic="{delivery.pk}"' in said
    assert said.count("data-topic=") == 1


@pytest.mark.parametrize(
    ("sentiment", "anger", "word", "icon"),
    [(0, 0.9, "Angry", "angry"), (-2, 0.1, "Very unhappy", "frown"), (1, 0.0, "Content", "smile")],
)
def test_mood_is_a_word_and_a_drawing(anna: Agent, sentiment: int, anger: float, word: str, icon: str) -> None:
    where = desk.waiting()
    verdict(where, sentiment=sentiment, anger=anger)
    said = card(anna, where)
    assert word in said
    assert f"#{icon}" in said


def test_priority_language_and_tier_with_what_pulled_them(anna: Agent) -> None:
    where = desk.waiting()
    pulls = [
        {"text": "third time", "weight": 1.2},
        {"text": "plan free", "weight": -0.3},
        {"text": "waiting", "weight": 1},
    ]
    verdict(where, topic(), priority=Priority.HIGH, priority_probability=0.7, tier=2, reasons={"priority": pulls})
    said = card(anna, where)
    assert 'data-priority="high"' in said
    assert "<q>third time</q>, how long they wait" in said
    assert "the plan free" in said
    assert "Swedish · 97 %" in said
    assert "2 · Specialist" in said


def test_why_it_has_no_topic_is_for_those_who_can_do_something(anna: Agent) -> None:
    where = desk.waiting()
    verdict(where, problem="model 7 is truncated")
    assert "model 7 is truncated" in card(anna, where)
    assert "truncated" not in card(desk.agent(), where)


def test_past_conversations_only_as_far_as_one_may_see_them() -> None:
    jonas = desk.agent("Jonas Pohl")
    mine, foreign = desk.waiting(), desk.waiting(team=desk.team())
    desk.says(foreign, "nobody's business")
    where = desk.waiting()
    verdict(where, topic(), similar=[foreign.pk, mine.pk, where.pk])
    said = card(jonas, where)
    assert f"/inbox/c/{mine.public_id}/" in said
    assert str(foreign.public_id) not in said
    assert f"/inbox/c/{where.public_id}/" not in said


# What it costs, and when it comes again


def test_it_costs_few_queries(anna: Agent) -> None:
    where, refund = desk.waiting(team=desk.team()), topic()
    others = [desk.waiting() for _ in range(5)]
    verdict(where, refund, similar=[each.pk for each in others], top=likely(*((topic(f"T{n}"), 0.1) for n in range(3))))
    client = signed_in(anna)
    for more, most in (("", 8), ("?why", 13)):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(path(where, more))
        assert len(asked) <= most, "\n".join(each["sql"][:120] for each in asked)


def test_it_says_when_a_verdict_is_on_its_way(anna: Agent) -> None:
    where = desk.waiting()
    assert "data-pending" not in card(anna, where)
    Case.objects.create(conversation=where, due_number=1, due_at=desk.NOON)
    assert "data-pending" in card(anna, where)
    Case.objects.update(read_number=1)
    assert "data-pending" not in card(anna, where)


def test_a_message_of_this_moment_will_be_read_if_triage_is_on(anna: Agent) -> None:
    where = desk.conversation()
    desk.says(where, "just now", now=timezone.now())
    assert "data-pending" not in card(anna, where), "triage is off"
    Desk.objects.create(pk=1, mode=Desk.Mode.SHADOW)
    assert "data-pending" in card(anna, where)
    verdict(where, topic(), created_at=timezone.now())
    assert "data-pending" not in card(anna, where)


def test_looking_changes_nothing(anna: Agent) -> None:
    where = desk.waiting()
    verdict(where, topic())
    client = signed_in(anna)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL transaction_read_only = on")
    assert client.get(path(where, "?why")).status_code == 200
