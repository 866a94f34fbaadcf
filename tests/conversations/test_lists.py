"""Lists: every row once, whatever happens between two pages, at the price of one page."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations import actions, counts, lists, serializers
from conversations.errors import BadRequest
from conversations.models import Conversation
from conversations.parts import NewPart
from conversations.scopes import scopes_of
from people.models import Agent, Role
from tests.conversations import desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Agent:
    return desk.agent("Anna Berg", role=Role.MANAGER)


def waiting(count: int) -> list[Conversation]:
    """Conversations that wait, the first for longest; every third at the same moment as the one before it."""
    made = []
    for number in range(count):
        at = desk.NOON + timedelta(minutes=number - (number % 3 == 2))
        made.append(desk.conversation(at=at))
        desk.says(made[-1], f"message {number}", now=at)
    return made


def walk(view: lists.View, agent: Agent, size: int) -> list[int]:
    seen, cursor = [], None
    while True:
        page = lists.page(view, agent, after=cursor, size=size)
        seen += [each.pk for each in page.conversations]
        if not page.more:
            return seen
        cursor = page.last


def test_pages_join_without_seam(anna: Agent) -> None:
    made = [each.pk for each in waiting(20)]
    assert walk(lists.VIEWS["waiting"], anna, 3) == made
    assert walk(lists.VIEWS["all"], anna, 3) != made
    assert sorted(walk(lists.VIEWS["all"], anna, 3)) == made
    assert walk(lists.VIEWS["all"], anna, 3) == walk(lists.VIEWS["all"], anna, 50)


def test_and_backwards(anna: Agent) -> None:
    waiting(9)
    for view in (lists.VIEWS["waiting"], lists.VIEWS["all"]):
        first = lists.page(view, anna, size=4)
        second = lists.page(view, anna, size=4, after=first.last)
        back = lists.page(view, anna, size=4, before=second.first)
        assert [each.pk for each in back.conversations] == [each.pk for each in first.conversations]
        assert not back.more


def test_rows_that_come_and_go_neither_repeat_nor_hide_others(anna: Agent) -> None:
    made = waiting(9)
    view = lists.VIEWS["waiting"]
    first = lists.page(view, anna, size=3)
    actions.close(made[0], by=anna, now=timezone.now())
    desk.says(made[2], "one more thing", now=desk.NOON + timedelta(hours=2))
    rest = lists.page(view, anna, size=50, after=first.last)
    assert [each.pk for each in rest.conversations] == [each.pk for each in made[3:]]


def test_views_hold_what_they_say(anna: Agent) -> None:
    team, jonas = desk.team("Billing"), desk.agent("Jonas Pohl")
    mine, teams, snoozed, closed, empty = (desk.conversation() for _ in range(5))
    for each in (mine, teams, snoozed, closed):
        desk.says(each, "hello")
    now = timezone.now()
    actions.claim(mine, by=anna, now=now)
    actions.route(teams, to=team, by=anna, now=now)
    actions.assign(teams, to=jonas, by=anna, now=now)
    actions.snooze(snoozed, until=None, by=anna, now=now)
    actions.close(closed, by=anna, now=now)

    def held(slug: str) -> set[int]:
        return {each.pk for each in lists.page(lists.view_named(slug, anna), anna).conversations}

    assert held("mine") == {mine.pk}
    assert held("unassigned") == set()
    assert held("waiting") == held("all") == {mine.pk, teams.pk}
    assert held(f"team-{team.pk}") == {teams.pk}
    assert held("snoozed") == {snoozed.pk}
    assert held("closed") == {closed.pk}
    assert empty.pk not in held("all")


def test_who_is_called_is_counted_only_where_they_see(anna: Agent) -> None:
    """Calling a team leaves its agents without sight; a count must not tell them that something is there."""
    ours, theirs = desk.team("Ours"), desk.team("Theirs")
    jonas, mia = desk.agent("Jonas Pohl", teams=(ours,)), desk.agent("Mia Lund", teams=(theirs,))
    hidden, open_to_all = desk.waiting(), desk.waiting()
    actions.route(hidden, to=ours, by=anna, now=timezone.now())
    for where in (hidden, open_to_all):
        calls = (("team", theirs.pk), ("team", ours.pk))
        note = NewPart(where.pk, "note", serializers.agent_author(jonas), "look", uuid.uuid4(), mentions=calls)
        actions.post_one(note, now=timezone.now())
    anna.teams.set([theirs])
    counted = counts.for_scopes(scopes_of([jonas, mia, anna]))
    for agent, expected in ((jonas, 2), (mia, 1), (anna, 2)):
        assert counted[agent.pk]["mentions"] == expected
        assert len(lists.page(lists.VIEWS["mentions"], agent).conversations) == expected


def test_a_cursor_belongs_to_its_view(anna: Agent) -> None:
    waiting(3)
    cursor = lists.page(lists.VIEWS["waiting"], anna, size=2).last
    with pytest.raises(BadRequest, match="changed its order"):
        lists.page(lists.VIEWS["all"], anna, after=cursor)


def test_a_page_costs_the_same_however_far_down(anna: Agent) -> None:
    waiting(12)
    view = lists.VIEWS["waiting"]
    statements: list[Any] = []
    cursor = None
    for _ in range(3):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            cursor = lists.page(view, anna, size=4, after=cursor).last
        statements.append([query["sql"] for query in captured])
    assert {len(each) for each in statements} == {2}  # rows, and their tags
    text = " ".join(sql for each in statements for sql in each)
    assert "OFFSET" not in text
    assert "COUNT(" not in text
