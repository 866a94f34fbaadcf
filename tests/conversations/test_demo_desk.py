"""The demo desk: whole, lively, the same for the same seed, and made only once."""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from conversations.management.demo import plan, stories
from conversations.management.demo.cast import AGENTS
from conversations.management.demo.plan import Plan, make_plan
from conversations.models import Conversation, Draft, Follower, Mention, Part, Touchpoint
from conversations.reports import delivery
from conversations.text import MAX_BODY, clean_body
from people.models import Agent, Customer, Team

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
NIGHT = datetime(2026, 7, 19, 3, 12, tzinfo=UTC)  # a Sunday
HOUR = timedelta(hours=1)


def _made() -> str:
    call_command("demo_desk", stdout=(said := StringIO()))
    return said.getvalue()


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """One demo desk for all tests of this file, gone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _made()
        transaction.set_rollback(True)


@pytest.fixture
def desk(demo: str, db: None) -> str:
    """What the command said when it made the desk."""
    return demo


def test_it_says_what_it_made(desk: str) -> None:
    assert desk.startswith("300 conversations with 87 customers")


def test_the_delivery_promises_hold(desk: str) -> None:
    """Search and the outbox are the worker's business, which does not run here."""
    findings = {each.promise.name: each.count for each in delivery.check(timezone.now())}
    assert {name for name, count in findings.items() if count} <= {"outbox", "search"}


def test_it_is_staffed(desk: str) -> None:
    assert Counter(Agent.objects.values_list("role", flat=True)) == {"agent": 4, "manager": 1, "admin": 1}
    assert set(Team.objects.values_list("tier", flat=True)) == {1, 2, 3}
    assert all(agent.teams.exists() for agent in Agent.objects.all())


def test_every_agent_can_sign_in_with_the_printed_password(desk: str) -> None:
    logins = json.loads(settings.STATE.demo.read_text())["logins"]
    assert len(logins) == len(AGENTS)
    for login in logins:
        agent = authenticate(username=login["email"], password=login["password"])
        assert isinstance(agent, Agent)
        assert (agent.name, agent.role) == (login["name"], login["role"])


def test_only_its_owner_reads_the_sign_ins(desk: str) -> None:
    assert stat.S_IMODE(settings.STATE.demo.stat().st_mode) == 0o600


def test_its_site_is_northwind(desk: str) -> None:
    site = Touchpoint.objects.get(key="demo")
    assert (site.name, site.look["color"], site.origins) == ("Northwind", "#2955c0", [])
    assert site.keys.count() == 1


def test_conversations_stand_in_every_state(desk: str) -> None:
    states = Counter(Conversation.objects.values_list("state", flat=True))
    assert states["closed"] > 200
    assert states["open"] >= 30
    assert states["snoozed"] >= 12
    asleep = Conversation.objects.snoozed()
    assert asleep.filter(snoozed_until=None).exists()
    assert asleep.filter(snoozed_until__gt=timezone.now()).exists()
    assert not Conversation.objects.due_to_wake(timezone.now()).exists()


def test_somebody_waits_since_a_minute_ago_and_many_within_the_hour(desk: str) -> None:
    now = timezone.now()
    waiting = Conversation.objects.waiting()
    assert waiting.filter(waiting_since__gt=now - HOUR).count() >= 10
    assert waiting.filter(waiting_since__gt=now - HOUR, read_marks=None).count() >= 10
    assert waiting.filter(waiting_since__lt=now - HOUR, read_marks__number__gt=0).exists()
    assert not Part.objects.filter(created_at__gt=now).exists()


def test_it_shows_what_a_desk_can_do(desk: str) -> None:
    happened = set(Part.objects.exclude(event="").values_list("event", flat=True))
    assert happened >= {"closed", "reopened", "snoozed", "woken", "assigned", "routed", "prioritised", "topic_set"}
    assert happened >= {"tagged", "status_set", "merged", "merged_from", "split", "split_from", "redacted"}
    assert Draft.objects.count() >= 3
    assert Follower.objects.count() >= 5
    assert Mention.objects.filter(team=None).exists()
    assert Mention.objects.filter(agent=None).exists()
    assert set(Conversation.objects.values_list("priority", flat=True)) >= {2, 3, 4}


def test_the_redacted_text_is_gone(desk: str) -> None:
    assert Part.objects.exclude(redacted_at=None).get().body == ""
    assert not Part.objects.filter(body__contains="4111").exists()
    assert not Conversation.objects.filter(snippet__contains="4111").exists()


def test_one_thread_is_long(desk: str) -> None:
    longest = Conversation.objects.order_by("-last_number")[0]
    assert longest.last_number >= 60
    assert longest.waiting_since is not None


def test_the_world_writes(desk: str) -> None:
    assert set(Customer.objects.values_list("language", flat=True)) >= {"en", "id", "sv", "ar", "he", "ja"}
    assert Customer.objects.values("time_zone").distinct().count() >= 12
    for letters in ("[\u0600-\u06ff]", "[\u0590-\u05ff]", "[\u3040-\u30ff]"):
        assert Part.objects.filter(body__regex=letters, author_kind="customer").exists()


def test_two_troubles_come_again_and_again(desk: str) -> None:
    told = make_plan(MONDAY, 1).threads
    for name, count, days, _ in plan.ISSUES:
        times = sorted(each.moments[0].at for each in told if each.story.slug.startswith(f"{name}-"))
        assert len(times) == count
        middle = MONDAY - timedelta(days=days) / 2
        assert sum(at > middle for at in times) > count / 2  # and more and more often


def test_a_second_run_changes_nothing(desk: str) -> None:
    before = _fingerprint()
    assert "not empty" in _made()
    assert _fingerprint() == before


def _fingerprint() -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), md5(string_agg(id::text || body, '' ORDER BY id)) FROM conversations_part")
        return cursor.fetchone(), Agent.objects.count(), settings.STATE.demo.stat().st_mtime_ns


# The plan, without a database


def test_the_same_seed_tells_the_same_stories() -> None:
    assert make_plan(MONDAY, 7) == make_plan(MONDAY, 7)
    assert make_plan(MONDAY, 7) != make_plan(MONDAY, 8)


def test_what_is_open_is_the_same_on_every_day() -> None:
    assert _open_texts(make_plan(MONDAY, 7)) == _open_texts(make_plan(NIGHT, 7))


def _open_texts(made: Plan) -> list[str]:
    open_ = [each for each in made.threads if plan.verb(each.moments[-1].line) != "close"]
    return [moment.line.text for thread in open_ for moment in thread.moments]


@pytest.mark.parametrize("now", [MONDAY, NIGHT])
@pytest.mark.parametrize("seed", range(4))
def test_whatever_day_it_is_everything_lies_in_the_past(now: datetime, seed: int) -> None:
    made = make_plan(now, seed)
    moments = [moment for thread in made.threads for moment in thread.moments]
    assert max(moment.at for moment in moments) < now
    assert min(moment.at for moment in moments) > now - timedelta(weeks=plan.WEEKS + 2)
    assert sum(thread.rows for thread in made.threads) == plan.CONVERSATIONS
    for thread in made.threads:
        assert [each.at for each in thread.moments] == sorted(each.at for each in thread.moments)
        assert thread.moments[0].line.kind == stories.CUSTOMER


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_left_blank(seed: int) -> None:
    for thread in make_plan(MONDAY, seed).threads:
        for line in (moment.line for moment in thread.moments):
            assert not set("{}[]|") & set(line.text), line
            assert "  " not in line.text, line
            assert line.text[:1] not in {",", "!", "."}, line
            assert clean_body(line.text) == line.text
            assert len(line.text) < MAX_BODY


def test_shop_opens_on_weekdays_more_than_on_weekends() -> None:
    days = Counter(thread.moments[0].at.weekday() for thread in make_plan(MONDAY, 3).threads)
    assert days[5] + days[6] < sum(days[day] for day in range(5)) / 4
