"""The demo desk: believable, whole, and the same for the same seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from conversations.management.demo.cast import AGENTS, REGIONS, TEAMS, TOPICS
from conversations.management.demo.plan import CONVERSATIONS, DUPLICATES, make_plan
from conversations.management.demo.stories import AGENT, CUSTOMER, Story, stories
from conversations.text import clean_body

NOW = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
WORDS = dict.fromkeys(("order", "product", "carrier", "city", "day", "money", "country", "company", "agent"), "X")
ALL = [story for language in sorted({region.language for region in REGIONS}) for story in stories(language)]


@pytest.mark.parametrize("story", ALL, ids=[story.slug for story in ALL])
@pytest.mark.parametrize("name", ["", "Bea"])
def test_every_story_can_be_told(story: Story, name: str) -> None:
    told = story.told(random.Random(1), {**WORDS, "name": name})
    assert story.team in {team.key for team in TEAMS}
    assert story.topic in {topic for topic, _ in TOPICS}
    assert told.lines[0].by == CUSTOMER
    assert any(line.by == AGENT for line in told.lines)
    for line in told.lines:
        assert clean_body(line.text) == line.text
        assert not {"{", "}", "|"} & set(line.text)


def test_mentions_in_notes_are_of_people_who_exist() -> None:
    known = {team.key for team in TEAMS} | {agent.key for agent in AGENTS}
    assert {call for story in ALL for line in story.lines for call in line.calls} <= known


def test_the_same_seed_tells_the_same_stories() -> None:
    assert make_plan(NOW, 7) == make_plan(NOW, 7)
    assert make_plan(NOW, 7) != make_plan(NOW, 8)


def test_nothing_happens_in_the_future_and_time_runs_forward() -> None:
    plan = make_plan(NOW, 7)
    assert len(plan.threads) == CONVERSATIONS - DUPLICATES
    for thread in plan.threads:
        times = [said.at for said in thread.said]
        assert times == sorted(times)
        assert times[-1] <= NOW
        assert thread.ends_at is None or times[-1] <= thread.ends_at <= NOW


def test_people_come_from_everywhere() -> None:
    languages = {region.language for region in REGIONS}
    assert {"ar", "he", "ja"} <= languages
    assert len({region.country for region in REGIONS}) >= 12
