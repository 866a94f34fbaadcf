"""Whatever the room and the queue look like: who gets what, in which order, and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.triage.rooms import NOW, queues, rooms
from triage.policy import AgentView, Room, TeamRule, Waiting, explain, pick, place, plan, speaks
from triage.policy.agents import SHOWN

EXAMPLES = settings(max_examples=150, deadline=None)


def second_choice(agent: AgentView, waiting: Waiting) -> bool:
    return agent.key in waiting.gave_back or not speaks(agent.languages, waiting.language)


def free(agent: AgentView, waiting: Waiting, rule: TeamRule) -> bool:
    in_team = agent.open_by_team.get(waiting.team, 0)
    return agent.presence == "online" and agent.open < agent.capacity and (rule.limit is None or in_team < rule.limit)


def all_given(queue: Sequence[Waiting], room: Room) -> dict[int, int]:
    return {waiting.conversation: agent.key for waiting, agent in plan(queue, room, NOW)}


@EXAMPLES
@given(rooms(), queues())
def test_nobody_absent_full_or_foreign_gets_anything(room: Room, queue: list[Waiting]) -> None:
    for waiting, agent in plan(queue, room, NOW):
        assert agent in room.agents[waiting.team]
        assert free(agent, waiting, room.rule(waiting.team))


@EXAMPLES
@given(rooms(), queues())
def test_another_language_only_after_patience_or_where_nobody_speaks_it(room: Room, queue: list[Waiting]) -> None:
    for waiting, agent in plan(queue, room, NOW):
        team, rule = room.agents[waiting.team], room.rule(waiting.team)
        if second_choice(agent, waiting):
            assert NOW - waiting.since >= rule.patience or all(second_choice(each, waiting) for each in team)
            assert not any(free(each, waiting, rule) and not second_choice(each, waiting) for each in team)


@EXAMPLES
@given(rooms(), queues())
def test_nobody_waits_while_somebody_could_take_it(room: Room, queue: list[Waiting]) -> None:
    served = all_given(queue, room)
    for waiting in queue:
        if waiting.conversation not in served:
            team, rule = room.agents[waiting.team], room.rule(waiting.team)
            able = [each for each in team if free(each, waiting, rule)]
            vain = all(second_choice(each, waiting) for each in team) or NOW - waiting.since >= rule.patience
            assert not [each for each in able if vain or not second_choice(each, waiting)]
            assert pick(waiting, room, NOW) is None


@EXAMPLES
@given(rooms(), queues())
def test_the_queue_is_served_in_its_order(room: Room, queue: list[Waiting]) -> None:
    served = list(all_given(queue, room))
    places = {each.conversation: place(each) for each in queue}
    assert [places[key] for key in served] == sorted(places[key] for key in served)
    for first, second in combinations(sorted(queue, key=place), 2):
        alike = (first.team, first.language, first.gave_back) == (second.team, second.language, second.gave_back)
        if alike and NOW - first.since >= NOW - second.since and second.conversation in served:
            assert first.conversation in served


@EXAMPLES
@given(rooms(), queues(), st.randoms(use_true_random=False))
def test_the_same_comes_of_the_same_however_it_is_listed(room: Room, queue: list[Waiting], random: Random) -> None:
    mixed = Room({team: random.sample(them, len(them)) for team, them in deepcopy(room).agents.items()}, room.rules)
    assert all_given(queue, deepcopy(room)) == all_given(random.sample(queue, len(queue)), _shared(mixed))


def _shared(room: Room) -> Room:
    """Agents of two teams are one object in both, also after copying."""
    known: dict[int, AgentView] = {}
    agents = {team: [known.setdefault(each.key, each) for each in them] for team, them in room.agents.items()}
    return Room(agents, room.rules)


@EXAMPLES
@given(rooms(), queues())
def test_of_those_who_can_the_first_in_order_gets_it(room: Room, queue: list[Waiting]) -> None:
    for waiting, agent in plan(queue, room, NOW):
        rule = room.rule(waiting.team)
        able = [each for each in room.agents[waiting.team] if free(each, waiting, rule)]
        equal = [each for each in able if second_choice(each, waiting) == second_choice(agent, waiting)]
        rank = (agent.open, agent.given, agent.idle_since)
        assert all(rank <= (each.open, each.given, each.idle_since) for each in equal)


@EXAMPLES
@given(rooms(), queues())
def test_what_is_said_is_what_was_done(room: Room, queue: list[Waiting]) -> None:
    for waiting, agent in plan(queue, room, NOW):
        choice = explain(waiting, agent, room, NOW)
        by_key = {each.key: each for each in room.agents[waiting.team]}
        assert (choice.agent, choice.code) == (agent.key, choice.reasons[0]["code"])
        assert [each["id"] for each in choice.candidates if each["code"] == "chosen"] == [agent.key]
        assert {each["id"] for each in choice.candidates} == set(by_key)
        assert all(_is_true(each, by_key[each["id"]], agent, waiting, room) for each in choice.candidates)
        rivals = [
            each for each in by_key.values() if each is not agent and free(each, waiting, room.rule(waiting.team))
        ]
        assert (choice.code == "only_one") or rivals


def _is_true(said: dict[str, Any], agent: AgentView, chosen: AgentView, waiting: Waiting, room: Room) -> bool:
    limit = room.rule(waiting.team).limit
    truth = {
        "chosen": agent is chosen,
        "away": agent.presence == "away",
        "offline": agent.presence == "offline",
        "at_limit": agent.open >= agent.capacity,
        "at_team_limit": limit is not None and agent.open_by_team.get(waiting.team, 0) >= limit,
        "other_language": not speaks(agent.languages, waiting.language),
        "gave_back": agent.key in waiting.gave_back,
        "busier": agent.open > chosen.open,
        "had_more": agent.open == chosen.open and agent.given > chosen.given,
        "shorter_idle": (agent.open, agent.given) == (chosen.open, chosen.given)
        and agent.idle_since >= chosen.idle_since,
    }
    return truth[said["code"]]


@EXAMPLES
@given(rooms(), queues())
def test_why_nobody_could_take_it(room: Room, queue: list[Waiting]) -> None:
    served = all_given(queue, room)
    for waiting in queue:
        if waiting.conversation not in served:
            choice = explain(waiting, None, room, NOW)
            assert (choice.agent, choice.code) == (None, "nobody")
            assert not {each["code"] for each in choice.candidates} & {"chosen", "busier", "had_more", "shorter_idle"}


def test_who_cannot_be_given_back_holds_up_nobody() -> None:
    free_one, full = (AgentView(key, languages=frozenset({"en"}), open=key - 1, capacity=1) for key in (1, 2))
    queue = [Waiting(1, 1, 2, NOW - 2, "en", frozenset({1})), Waiting(2, 1, 2, NOW - 1, "en")]
    assert all_given(queue, Room({1: [free_one, full]})) == {2: 1}


def test_a_large_team_is_told_of_in_short() -> None:
    room = Room({1: [AgentView(key, f"Agent {key}", open=key % 2) for key in range(1, 51)]})
    ((waiting, agent),) = plan([Waiting(1, 1, 2, NOW)], room, NOW)
    agent.finish(1)
    candidates = explain(waiting, agent, room, NOW).candidates
    assert (len(candidates), candidates[0]["code"], candidates[-1]) == (
        SHOWN + 1,
        "chosen",
        {"code": "others", "count": 30},
    )


@pytest.mark.parametrize(
    ("languages", "wanted", "can"),
    [
        ((), "sv", True),
        (("en",), "", True),
        (("sv",), "sv-SE", True),
        (("sv_FI",), "SV", True),
        (("en", "de"), "sv", False),
        (("zh-Hans",), "zh-Hant", True),
    ],
)
def test_who_speaks_what(languages: tuple[str, ...], wanted: str, can: bool) -> None:
    assert speaks(languages, wanted) is can


def test_the_most_urgent_is_next_then_who_came_first() -> None:
    queue = [Waiting(number, 1, priority, NOW - 60 * number) for number, priority in enumerate((1, 2, 3, 4, 2, 4))]
    assert [each.conversation for each in sorted(queue, key=place)] == [5, 3, 2, 4, 1, 0]


@given(st.integers(1, 4), st.integers(1, 4), st.floats(0, 1e6), st.floats(0, 1e6))
def test_nobody_is_overtaken_by_those_who_come_three_days_later(a: int, b: int, came: float, later: float) -> None:
    waits, comes = Waiting(1, 1, a, came), Waiting(2, 1, b, came + later)
    if later > 72 * 3600:
        assert place(waits) < place(comes)
    if a == b:
        assert (place(waits) < place(comes)) is True
