"""Verdicts over the REST API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conversations.models import Topic
from people.models import Role
from tests.conversations.api import caller, error
from tests.conversations.desk import NOON, agent, team, waiting
from triage.models import Correction, Decision, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def refund() -> Topic:
    return Topic.objects.create(name="Refund")


def address(where: Any, rest: str = "") -> str:
    return f"conversations/{where.public_id}/verdict/{rest}"


def test_everything_triage_has_to_say(refund: Topic) -> None:
    where, hidden = waiting(), waiting(team=team())
    near, ada = waiting(), agent("Ada")
    Verdict.objects.create(
        conversation=where,
        number=1,
        topic=refund,
        topic_probability=0.864251,
        known=0.9,
        is_sure=True,
        threshold=0.7,
        priority=3,
        sentiment=-1,
        anger=0.25,
        tier=2,
        language="en",
        reasons={"topic": [{"text": "money back", "weight": 1.5}]},
        similar=[hidden.pk, near.pk],
        applied=["topic"],
        created_at=NOON,
    )
    Decision.objects.create(
        conversation=where, kind="agent", agent=ada, reasons=[{"code": "only_one"}], candidates=[], created_at=NOON
    )
    said = caller(ada).get(address(where))
    verdict = said["verdict"]
    assert verdict["topic"] == {"id": str(refund.pk), "name": "Refund"}
    assert (verdict["topic_probability"], verdict["sure"], verdict["priority"]) == (0.8643, True, "high")
    assert (verdict["sentiment"], verdict["anger"], verdict["tier"], verdict["language"]) == ("negative", 0.25, 2, "en")
    assert verdict["reasons"]["topic"] == [{"text": "money back", "weight": 1.5}]
    assert verdict["similar"] == [str(near.public_id)]  # what Ada may not see is not named
    assert said["decisions"][0]["agent"] == {"id": str(ada.pk), "name": "Ada"}
    assert said["corrections"] == []


def test_before_any_verdict_there_is_none() -> None:
    assert caller(agent()).get(address(waiting())) == {"verdict": None, "decisions": [], "corrections": []}


def test_a_correction_is_made_and_shown(refund: Topic) -> None:
    where, ada, billing = waiting(), agent("Ada", role=Role.MANAGER), team("Billing")
    body = {"topic": str(refund.pk), "priority": "urgent", "team": str(billing.pk), "why": "she wrote so"}
    answer = caller(ada)("post", address(where, "correction/"), body)
    assert answer.status_code == 200
    found = {each["field"]: each["value"] for each in json.loads(answer.content)["corrections"]}
    assert found == {
        "topic": {"id": str(refund.pk), "name": "Refund"},
        "priority": "urgent",
        "team": {"id": str(billing.pk), "name": "Billing"},
    }
    assert Correction.objects.filter(agent=ada).count() == 3


def test_who_sends_it_away_sees_no_more_of_it(refund: Topic) -> None:
    where, ada = waiting(), agent("Ada")
    Verdict.objects.create(conversation=where, number=1, topic=refund, created_at=NOON)
    answer = caller(ada)("post", address(where, "correction/"), {"team": str(team("Far").pk)})
    assert json.loads(answer.content) == {"verdict": None, "decisions": [], "corrections": []}
    assert caller(ada)("get", address(where)).status_code == 404


def test_a_confirmation_is_shown(refund: Topic) -> None:
    where, ada = waiting(), agent("Ada")
    Verdict.objects.create(conversation=where, number=1, topic=refund, created_at=NOON)
    said = json.loads(caller(ada)("post", address(where, "confirmation/")).content)
    assert [(each["field"], each["confirms"], each["by"]["name"]) for each in said["corrections"]] == [
        ("topic", True, "Ada")
    ]


def test_a_confirmation_of_what_the_verdict_was_before_is_refused(refund: Topic) -> None:
    where, seen = waiting(), Topic.objects.create(name="Delivery")
    Verdict.objects.create(conversation=where, number=1, topic=refund, created_at=NOON)
    answer = caller(agent())("post", address(where, "confirmation/"), {"topic": str(seen.pk)})
    assert (answer.status_code, error(answer)["code"], error(answer)["field"]) == (409, "verdict_changed", "topic")
    assert "Refund" in error(answer)["message"]
    assert not Correction.objects.exists()
    assert caller(agent())("post", address(where, "confirmation/"), {"topic": str(refund.pk)}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 400, "missing_field", "topic"),
        ({"why": "no reason"}, 400, "missing_field", "topic"),
        ({"topic": 7}, 400, "invalid_type", "topic"),
        ({"topic": "999999"}, 400, "unknown_value", "topic"),
        ({"priority": "soon"}, 400, "unknown_value", "priority"),
        ({"priority": None}, 400, "invalid_type", "priority"),
        ({"sentiment": "angry"}, 400, "unknown_field", "sentiment"),
        ({"priority": "low", "why": "x" * 501}, 422, "text_too_long", "why"),
    ],
)
def test_bad_corrections_name_the_field(body: dict[str, Any], status: int, code: str, field: str) -> None:
    where = waiting()
    answer = caller(agent())("post", address(where, "correction/"), body)
    assert (answer.status_code, error(answer)["code"], error(answer)["field"]) == (status, code, field)
    assert not Correction.objects.exists()


def test_a_refused_correction_changes_nothing_of_it(refund: Topic) -> None:
    where = waiting()
    caller(agent())("post", address(where, "correction/"), {"topic": str(refund.pk), "priority": "soon"})
    where.refresh_from_db()
    assert where.topic is None
