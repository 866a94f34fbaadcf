"""A warning when customers write otherwise, and the conversations that teach most."""

from __future__ import annotations

import random

import pytest
from django.test import Client
from django.utils import timezone

from conversations.models import Conversation
from people.models import Agent
from tests.conversations import desk
from tests.triage.learning_desk import about, topics, verdict
from triage import trust
from triage.models import Correction, Desk, ModelVersion, Verdict

pytestmark = pytest.mark.django_db


# Drift


def test_drift_warns_on_the_page(anna: Agent, browser: Client) -> None:
    Desk.objects.create(pk=1, mode="on")
    champion = ModelVersion.objects.create(
        state="champion",
        pipeline="light",
        file="x.skops",
        sha256="",
        library="1",
        scores={"drift": [at / 50 for at in range(1, 10)], "rows": 400},
        created_at=timezone.now(),
    )
    made = topics()
    for seed in range(60):
        verdict(about("Refund", seed, at=timezone.now()), made["Refund"], at=timezone.now(), drift=0.9, model=champion)
    assert "looks different from what the model has learnt" in browser.get("/triage/trust/").content.decode()
    draw = random.Random(1)
    for each in Verdict.objects.all():
        each.drift = draw.uniform(0, 0.2)
        each.save()
    assert "looks different" not in browser.get("/triage/trust/").content.decode()


# Labelling


def test_the_least_sure_come_first_and_differ(anna: Agent) -> None:
    made = topics()
    for seed in range(12):
        name = list(made)[seed % 3]
        verdict(about(name, seed, at=timezone.now()), made[name], at=timezone.now(), topic_probability=seed / 20)
    twin = desk.conversation(at=timezone.now())
    desk.says(twin, Conversation.objects.order_by("pk")[0].parts.get(kind="message").body, now=timezone.now())
    verdict(twin, made["Refund"], at=timezone.now(), topic_probability=0.01)
    found = trust.worth_labelling(anna, timezone.now(), 6)
    assert len(found) == 6
    assert {each.verdict.topic_id for each in found[:3]} == {topic.pk for topic in made.values()}
    assert len({each.text for each in found}) == 6
    assert max(each.verdict.topic_probability for each in found) < 0.5


def test_what_somebody_decided_is_not_asked_again(anna: Agent, browser: Client) -> None:
    made = topics()
    where = about("Refund", 1, at=timezone.now())
    verdict(where, made["Login"], at=timezone.now(), topic_probability=0.3)
    assert len(trust.worth_labelling(anna, timezone.now())) == 1
    answer = browser.post(f"/triage/trust/labels/{where.public_id}/", {"topic": made["Refund"].pk})
    assert answer.status_code == 302
    where.refresh_from_db()
    assert where.topic == made["Refund"]
    correction = Correction.objects.get(conversation=where)
    assert (correction.topic, correction.agent, correction.is_confirmation) == (made["Refund"], anna, False)
    assert trust.worth_labelling(anna, timezone.now()) == []


def test_agreeing_is_a_confirmation(anna: Agent, browser: Client) -> None:
    made = topics()
    where = about("Refund", 1, at=timezone.now())
    verdict(where, made["Refund"], at=timezone.now(), topic_probability=0.3)
    answer = browser.post(
        f"/triage/trust/labels/{where.public_id}/", {"topic": made["Refund"].pk}, headers={"HX-Request": "true"}
    )
    assert "Noted: Refund." in answer.content.decode()
    assert Correction.objects.get(conversation=where).is_confirmation


def test_nonsense_is_no_label(browser: Client) -> None:
    where = about("Refund", 1, at=timezone.now())
    for topic in ("", "x", "999999", "9" * 40):
        assert browser.post(f"/triage/trust/labels/{where.public_id}/", {"topic": topic}).status_code == 404
    assert not Correction.objects.exists()
