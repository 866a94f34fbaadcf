"""The card when people have decided, and why a conversation is where it is."""

from __future__ import annotations

from typing import Any

import pytest

from conversations import actions as verbs
from conversations.models import Conversation
from people.models import Agent
from tests.conversations import desk
from tests.triage.pages import accept, card, signed_in
from tests.triage.verdicts import likely, topic, verdict
from triage.models import Correction, Decision

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"'>"


# What people decided


def test_accepting_gives_the_topic_and_says_thanks(anna: Agent) -> None:
    where, refund = desk.waiting(), topic()
    verdict(where, refund)
    answer = accept(signed_in(anna), where)
    assert answer.status_code == 200
    assert answer.json()["row"]["topic"]["name"] == "Refund"
    assert Correction.objects.get().is_confirmation
    said = card(anna, where)
    assert "Thanks, noted" in said
    assert 'data-command="accept"' not in said
    assert "Anna Berg says" in card(desk.agent(), where)


def test_accepting_what_it_has_already_is_remembered_too(anna: Agent) -> None:
    where, refund = desk.waiting(), topic()
    verdict(where, refund)
    Conversation.objects.filter(pk=where.pk).update(topic=refund)
    accept(signed_in(anna), where)
    assert "Thanks, noted" in card(anna, where)


def test_a_correction_shows_before_a_worker_has_heard_of_it(anna: Agent) -> None:
    where, delivery = desk.waiting(), topic("Delivery")
    verdict(where, topic())
    verbs.set_topic(where, delivery, by=anna, now=desk.NOON)
    assert not Correction.objects.exists()
    said = card(anna, where, "")
    assert "Thanks, noted" in said
    assert "<b>Delivery</b>" in said


def test_nothing_to_accept_is_said_so(anna: Agent) -> None:
    answer = accept(signed_in(anna), desk.waiting())
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "nothing_to_confirm")
    answer = accept(signed_in(anna), desk.waiting(), '{"verdict": 7}')
    assert answer.json()["error"]["code"] == "unknown_field"
    answer = accept(signed_in(anna), desk.waiting(), '{"topic": "7"}')
    assert answer.json()["error"]["code"] == "invalid_type"


# Why there


def test_why_this_team_and_agent_and_why_not_the_others(anna: Agent) -> None:
    billing = desk.team("Billing")
    where = desk.waiting(team=billing, assignee=anna)
    verdict(where, topic())
    agents: list[dict[str, Any]] = [
        {"id": anna.pk, "name": "Anna Berg", "code": "chosen", "open": 1, "capacity": 8},
        {"id": 2, "name": "Bo Ek", "code": "at_limit", "open": 8, "capacity": 8},
        {"id": 3, "name": "Cy", "code": "other_language", "language": "sv", "capacity": 8},
        {"id": 4, "name": "Di", "code": "brand_new", "moon": "full", "capacity": 8},
        {"code": "others", "count": 3},
    ]
    common = {"conversation": where, "team": billing, "created_at": desk.NOON}
    Decision.objects.create(kind="team", reasons=[{"code": "topic_team", "team": "Billing"}], **common)
    reasons = [
        {"code": "fewest_open", "open": 1, "capacity": 8},
        {"code": "queue", "priority": 4, "waited_seconds": 130},
    ]
    Decision.objects.create(kind="agent", agent=anna, reasons=reasons, candidates=agents, **common)
    said = card(anna, where)
    assert "Billing answers this topic." in said
    assert "Fewest open conversations: 1 of 8." in said
    assert "It was next: priority Urgent, waiting for 2 minutes." in said
    assert "<b>Bo Ek</b>: at the limit, 8 of 8" in said
    assert "<b>Cy</b>: does not speak Swedish" in said
    assert "<b>Di</b>: brand new: moon full" in said
    assert "and 3 more" in said


def test_a_decision_that_no_longer_stands_explains_nothing(anna: Agent) -> None:
    where = desk.waiting(assignee=anna)
    verdict(where, topic())
    Decision.objects.create(
        conversation=where, kind="agent", agent=desk.agent(), reasons=[{"code": "only_one"}], created_at=desk.NOON
    )
    assert "Nobody else could take it." not in card(anna, where)


@pytest.mark.parametrize(
    "junk", [None, "x", [None, 3, {"code": None}], {"code": "topic_team"}, [{"code": "topic_team"}]]
)
def test_odd_rows_break_nothing(anna: Agent, junk: Any) -> None:
    where = desk.waiting(team=desk.team())
    verdict(where, topic(), reasons={"topic": junk, "priority": junk, "tier": junk} if junk else [])
    Decision.objects.create(
        conversation=where,
        kind="team",
        team=where.team,
        reasons=junk or [],
        candidates=junk or [],
        created_at=desk.NOON,
    )
    assert "Refund" in card(anna, where)


# What customers wrote stays text


def test_nothing_that_people_wrote_becomes_markup(anna: Agent) -> None:
    hostile = topic(HOSTILE)
    other = desk.waiting(subject=HOSTILE)
    where = desk.waiting(team=desk.team(HOSTILE))
    words = [{"text": HOSTILE, "weight": 1.0}]
    verdict(
        where,
        topic("Calm"),
        top=likely((hostile, 0.2)),
        language=HOSTILE[:16],
        similar=[other.pk],
        problem=HOSTILE,
        reasons=dict.fromkeys(("topic", "priority", "sentiment", "tier"), words),
    )
    candidates = [{"name": HOSTILE, "code": HOSTILE, "fact": HOSTILE}]
    Decision.objects.create(
        conversation=where,
        kind="team",
        team=where.team,
        reasons=candidates,
        candidates=candidates,
        created_at=desk.NOON,
    )
    said = card(anna, where)
    assert said.count("&lt;script&gt;") > 6
    assert "<script" not in said
    assert "\"'>" not in said
