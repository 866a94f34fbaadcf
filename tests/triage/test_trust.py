"""Every number of the trust page, counted again by hand, and the list behind each of them."""

from __future__ import annotations

import html
import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conversations import actions as talk
from conversations.models import Conversation, Topic
from people.models import Agent, Role
from tests.conversations import desk
from tests.triage.learning_desk import about, corrected, topics, verdict
from triage import trust
from triage.models import Correction, Verdict

pytestmark = pytest.mark.django_db


def confirmed(where: Conversation, given: Verdict, other: Topic, anna: Agent) -> None:
    if given.topic is not None:
        corrected(where, given.topic, at=given.created_at, verdict=given, is_confirmation=True)


Fate = Callable[[Conversation, Verdict, Topic, Agent], object]
FATES: list[Fate] = [
    lambda where, given, other, anna: None,
    lambda where, given, other, anna: desk.replies(where, anna, "Hello", now=given.created_at),
    lambda where, given, other, anna: talk.close(where, by=anna, now=given.created_at),
    lambda where, given, other, anna: corrected(where, other, at=given.created_at, verdict=given),
    lambda where, given, other, anna: corrected(where, None, at=given.created_at, verdict=given),
    lambda where, given, other, anna: corrected(where, other, at=given.created_at),
    confirmed,
]


def some_history(anna: Agent, count: int = 60) -> list[Conversation]:
    """Conversations of the last weeks with every fate a verdict can have."""
    draw = random.Random(7)
    made = topics()
    names = list(made)
    found = []
    for seed in range(count):
        at = timezone.now() - timedelta(days=draw.uniform(0, 50))
        name = draw.choice(names)
        where = about(name, seed, at=at)
        said = made[name if draw.random() < 0.7 else draw.choice(names)]
        given = verdict(
            where,
            draw.choice([said, said, said, None]),
            at=at,
            topic_probability=draw.random(),
            is_sure=draw.random() < 0.6,
            drift=draw.random(),
        )
        other = made[draw.choice(names)]
        draw.choice(FATES)(where, given, other, anna)
        if draw.random() < 0.2:
            Correction.objects.create(conversation=where, field="team", team=desk.team(), verdict=given, created_at=at)
        found.append(where)
    return found


def by_hand(where: Conversation) -> dict[str, Any]:
    """What became of one conversation's verdict, told again in other words."""
    said = Verdict.objects.get(conversation=where)
    word = Correction.objects.filter(conversation=where, field="topic", is_last=True).first()
    team = Correction.objects.filter(conversation=where, field="team", is_last=True, verdict__isnull=False)
    replied = where.parts.filter(kind="message", author_kind="agent").exists()
    closed = Conversation.objects.get(pk=where.pk).state == "closed"
    wrong = word is not None and not word.is_confirmation and word.topic_id != said.topic_id
    seen = word is not None or replied or closed
    return {
        "at": said.created_at,
        "topic": said.topic_id,
        "probability": said.topic_probability,
        "verdicts": True,
        "alone": said.is_sure,
        "abstained": not said.is_sure,
        "checked": said.is_sure and seen,
        "right": said.is_sure and seen and not wrong,
        "corrected": said.is_sure and wrong,
        "moved": team.exists(),
        "compared": said.topic_id is not None and (word is not None or (said.is_sure and seen)),
        "wrong": wrong,
        "truth": word.topic_id if word is not None and not word.is_confirmation else said.topic_id,
    }


def asked(anna: Agent) -> list[trust.Judged]:
    now = timezone.now()
    return trust.judged(anna, now - timedelta(weeks=20), now + timedelta(days=1))


def test_all_counts_are_those_made_by_hand(anna: Agent) -> None:
    facts = [by_hand(where) for where in some_history(anna)]
    count = trust.Count.of(asked(anna))
    for kind in ("verdicts", "alone", "abstained", "checked", "right", "corrected", "moved"):
        expected = sum(fact[kind] for fact in facts)
        assert getattr(count, kind) == expected > 0, kind
    assert count.accuracy == count.right / count.checked


def test_weeks_and_topics_add_up(anna: Agent) -> None:
    facts = [by_hand(where) for where in some_history(anna)]
    rows = asked(anna)
    for week in trust.weeks(rows, timezone.localtime(), 8):
        assert week.begin.weekday() == 0
        inside = [fact for fact in facts if week.begin <= fact["at"] < week.end]
        assert week.count.verdicts == len(inside)
        assert week.count.corrected == sum(fact["corrected"] for fact in inside)
    by_topic = trust.by_topic(rows)
    assert {topic: count.verdicts for topic, count in by_topic.items()} == Counter(fact["topic"] for fact in facts)
    assert sum(count.right for count in by_topic.values()) == sum(fact["right"] for fact in facts)


def test_calibration_and_confusion_by_hand(anna: Agent) -> None:
    facts = [fact for fact in map(by_hand, some_history(anna)) if fact["compared"]]
    found = trust.calibrated(asked(anna))
    gap = 0.0
    for tenth in range(10):
        inside = [fact for fact in facts if tenth / 10 <= fact["probability"] < (tenth + 1) / 10]
        if inside:
            said = sum(fact["probability"] for fact in inside) / len(inside)
            right = sum(not fact["wrong"] for fact in inside) / len(inside)
            gap += abs(said - right) * len(inside) / len(facts)
    assert found.ece == pytest.approx(gap)
    assert sum(each.count for each in found.bins) == len(facts)
    assert trust.confusion(asked(anna)) == Counter((fact["topic"], fact["truth"]) for fact in facts)


def test_a_verdict_that_was_replaced_counts_once(anna: Agent) -> None:
    made = topics()
    where = about("Refund", 1, at=timezone.now())
    first = verdict(where, made["Login"], at=timezone.now(), is_sure=True, is_last=False)
    corrected(where, made["Refund"], at=timezone.now(), verdict=first)
    verdict(where, made["Refund"], at=timezone.now(), is_sure=True)
    (row,) = asked(anna)
    assert (row.topic, row.truth, row.corrected) == (made["Login"].pk, made["Refund"].pk, True)


def test_a_week_begins_on_monday_by_the_readers_clock() -> None:
    late = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    assert trust.week_of(late) == datetime(2026, 11, 23, tzinfo=UTC)
    assert trust.week_of(datetime(2026, 11, 30, tzinfo=UTC)) == datetime(2026, 11, 30, tzinfo=UTC)


# The page


def test_every_number_opens_as_many_conversations(anna: Agent, browser: Client) -> None:
    some_history(anna)
    text = browser.get("/triage/trust/").content.decode()
    links = re.findall(r'<a[^>]*data-number href="([^"]+)">([\d,]+)</a>', text)
    assert len(links) > 40
    for address, number in set(links):
        answer = browser.get(html.unescape(address))
        assert answer.status_code == 200, address
        assert f'data-total="{number}"' in answer.content.decode(), address


def test_a_list_shows_the_conversations_themselves(anna: Agent, browser: Client) -> None:
    made = topics()
    where = about("Refund", 1, at=timezone.now())
    given = verdict(where, made["Login"], at=timezone.now(), is_sure=True)
    corrected(where, made["Refund"], at=timezone.now(), verdict=given)
    text = browser.get("/triage/trust/conversations/?kind=corrected&weeks=4").content.decode()
    assert f"/inbox/c/{where.public_id}/" in text
    assert "Login" in text
    assert "Refund" in text
    assert (
        f"/inbox/c/{where.public_id}/"
        not in browser.get("/triage/trust/conversations/?kind=right&weeks=4").content.decode()
    )


def test_charts_have_names_and_tables(anna: Agent, browser: Client) -> None:
    some_history(anna)
    text = browser.get("/triage/trust/").content.decode()
    charts = re.findall(r'<svg class="chart".*?</svg>', text, re.DOTALL)
    assert len(charts) == 2
    for chart in charts:
        assert 'role="img"' in chart
        title = re.search(r"<title[^>]*>([^<]+)</title>", chart)
        described = re.search(r"<desc[^>]*>([^<]+)</desc>", chart)
        assert title
        assert title[1].strip()
        assert described
        for value in re.findall(r"(\d+ %)", described[1]):
            assert value in text.replace(chart, "")


@pytest.mark.parametrize(
    "address",
    [
        "/triage/",
        "/triage/trust/",
        "/triage/trust/conversations/",
        "/triage/trust/labels/",
        "/triage/models/",
        "/triage/models/training/",
        "/triage/imports/",
        "/triage/imports/progress/",
    ],
)
def test_only_managers_and_admins(address: str) -> None:
    client = Client()
    assert client.get(address, follow=True).redirect_chain[-1][0].startswith("/login/")
    for role, status in ((Role.AGENT, 403), (Role.MANAGER, 200), (Role.ADMIN, 200)):
        client.force_login(desk.agent(role=role))
        assert client.get(address, follow=True).status_code == status, role


@pytest.mark.parametrize(
    "query",
    [
        "weeks=7",
        "weeks=x",
        "kind=everything",
        "topic=x",
        "said=-1",
        "truth=9%00",
        "bin=2",
        "bin=0.15",
        "week=soon",
        "week=9999-12-31",
        "topic=" + "9" * 40,
    ],
)
def test_senseless_filters_are_not_found(browser: Client, query: str) -> None:
    topics()
    verdict(about("Refund", 1, at=timezone.now()), None, at=timezone.now())
    assert browser.get(f"/triage/trust/conversations/?{query}").status_code == 404


def test_hostile_words_stay_words(anna: Agent, browser: Client) -> None:
    made = topics()["Refund"]
    made.name = "<script>alert(1)</script>"
    made.save()
    where = desk.conversation(at=timezone.now())
    desk.says(where, "<img src=x onerror=alert(2)>", now=timezone.now())
    given = verdict(
        where, made, at=timezone.now(), is_sure=True, top=[{"topic": made.pk, "name": made.name, "probability": 0.5}]
    )
    for address in ("/triage/trust/", "/triage/trust/conversations/", "/triage/trust/labels/"):
        text = browser.get(address).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    corrected(where, made, at=timezone.now(), verdict=given)
    assert "<script>alert" not in browser.get("/triage/trust/").content.decode()


def test_an_empty_desk_says_so(browser: Client) -> None:
    text = browser.get("/triage/trust/").content.decode()
    assert "Too early to tell" in text
    assert "Switch triage on" in text


def test_the_page_costs_few_queries(
    anna: Agent, browser: Client, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    some_history(anna)
    for address in ("/triage/trust/", "/triage/trust/conversations/", "/triage/trust/labels/"):
        with django_assert_max_num_queries(14):
            browser.get(address)
