"""The demo desk: believable, whole, and the same for the same seed."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from conversations.management.demo.cast import AGENTS, REGIONS, TEAMS, TOPICS
from conversations.management.demo.plan import make_plan
from conversations.management.demo.stories import AGENT, CUSTOMER, NOTE, Story, everyday
from conversations.text import clean_body

NOW = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
ALL = [story for told in everyday().values() for story in told]
NAMES: defaultdict[str, str] = defaultdict(lambda: "Somebody")


@pytest.mark.parametrize("story", ALL, ids=[story.slug for story in ALL])
@pytest.mark.parametrize("name", ["", "Bea"])
def test_every_story_can_be_told(story: Story, name: str) -> None:
    words = defaultdict(lambda: "X", {"name": name})
    told = story.told(random.Random(1), words, NAMES)
    assert story.team in {team.key for team in TEAMS}
    assert story.topic in {topic for topic, *_ in TOPICS}
    assert told.lines[0].kind == CUSTOMER
    for line in told.lines:
        if line.kind in (CUSTOMER, AGENT, NOTE):
            assert clean_body(line.text) == line.text
            assert not {"{", "}", "|"} & set(line.text)


def test_mentions_in_notes_are_of_people_who_exist() -> None:
    known = {team.key for team in TEAMS} | {agent.key for agent in AGENTS}
    told = [story.told(random.Random(1), defaultdict(lambda: "X"), NAMES) for story in ALL]
    assert {call for story in told for line in story.lines for call in line.calls} <= known


def test_the_same_seed_tells_the_same_stories() -> None:
    assert make_plan(NOW, 7) == make_plan(NOW, 7)
    assert make_plan(NOW, 7) != make_plan(NOW, 8)


def test_nothing_happens_in_the_future_and_time_runs_forward() -> None:
    for thread in make_plan(NOW, 7).threads:
        times = [moment.at for moment in thread.moments]
        assert times == sorted(times)
        assert times[-1] <= NOW


def test_people_come_from_everywhere() -> None:
    assert {"ar", "he", "ja"} <= {region.language for region in REGIONS}
    assert len({region.country for region in REGIONS}) >= 12
