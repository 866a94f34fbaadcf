"""The simulator against what can be worked out by hand, and against rules that hold in every world."""

from __future__ import annotations

from itertools import combinations
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.policy import TeamRule, Waiting, place, speaks
from triage.simulating import (
    POLICIES,
    Arrival,
    Colleague,
    Served,
    UnknownPolicy,
    World,
    figures,
    generating,
    jain,
    percentile,
    replay,
    spread,
)
from triage.simulating.comparing import compare
from triage.simulating.world import HOUR, MINUTE

WORLDS = settings(max_examples=60, deadline=None)


def ada(capacity: int = 1, until: float = 8, since: float = 0.0, **more: object) -> Colleague:
    return Colleague("Ada", ((since * HOUR, until * HOUR),), capacity=capacity, **more)  # type: ignore[arg-type]


def minutes(served: list[Served]) -> list[tuple[float, float]]:
    """When each was given and done."""
    return [
        (round(each.given / 60, 6), round(each.done / 60, 6)) for each in served if each.given is not None and each.done
    ]


def test_one_after_the_other() -> None:
    world = World([Arrival(0, 10), Arrival(60, 5), Arrival(120, 1)], [ada()])
    assert minutes(replay(world).served) == [(0, 10), (10, 15), (15, 16)]


def test_attention_is_divided_among_what_is_too_much() -> None:
    world = World([Arrival(0, 10), Arrival(0, 5)], [ada(capacity=2)], parallel=1)
    assert minutes(replay(world).served) == [(0, 15), (0, 10)]
    assert minutes(replay(World(world.arrivals, world.agents, parallel=2)).served) == [(0, 10), (0, 5)]


def test_the_urgent_one_is_next() -> None:
    world = World([Arrival(0, 10), Arrival(60, 1, 1), Arrival(120, 1, 2), Arrival(180, 1, 4)], [ada()])
    assert [given for given, _ in minutes(replay(world).served)] == [0, 12, 11, 10]


def test_a_shift_begins_and_ends_and_what_is_begun_is_finished() -> None:
    world = World([Arrival(0, 10), Arrival(119 * 60, 10), Arrival(121 * 60, 10)], [ada(since=1, until=2)])
    outcome = replay(world)
    assert minutes(outcome.served) == [(60, 70), (119, 129)]
    assert (outcome.served[2].given, outcome.loads) == (None, {"Ada": 20})
    assert figures(outcome, 5)["breached"] == 2 / 3
    assert figures(outcome, 5)["unserved"] == 1


def test_a_language_is_waited_for() -> None:
    english = Colleague("Di", ((0, 9 * HOUR),), frozenset({"en"}))
    swedish = Colleague("Sven", ((HOUR, 9 * HOUR),), frozenset({"sv"}))
    world = World([Arrival(0, 5, language="sv")], [english, swedish], {"": TeamRule(None, 10 * MINUTE)})
    assert minutes(replay(world).served) == [(10, 15)]
    patient = World(world.arrivals, world.agents, {"": TeamRule(None, 2 * HOUR)})
    assert [(each.given, each.agent) for each in replay(patient).served] == [(HOUR, 1)]


def test_what_was_given_a_day_ago_no_longer_counts() -> None:
    ada = Colleague("Ada", ((0, HOUR), (30 * HOUR, 50 * HOUR)))
    bo = Colleague("Bo", ((31 * HOUR, 50 * HOUR),))
    later = [Arrival(HOUR, 1), Arrival(32 * HOUR, 1), Arrival(33 * HOUR, 1), Arrival(34 * HOUR, 1)]
    assert [each.agent for each in replay(World(later, [ada, bo])).served] == [0, 0, 1, 0]


def test_how_full_and_how_loaded() -> None:
    outcome = replay(World([Arrival(0, 60)], [ada(capacity=2, until=2), Colleague("Bo", ((0, HOUR),), capacity=4)]))
    assert outcome.loads == {"Ada": 30, "Bo": 0}
    assert isclose(outcome.filled, 1 / 8)


def test_what_is_urgent_for_ever_does_not_starve_the_others() -> None:
    """An agent who is never done with urgent ones gets to the low one after its three days."""
    urgent = [Arrival(number * 600.0, 10, 4) for number in range(6 * 24 * 5)]
    world = World([Arrival(1, 10, 1), *urgent], [Colleague("Ada", ((0, 9 * 24 * HOUR),), capacity=1)])
    world = World(sorted(world.arrivals, key=lambda each: each.at), world.agents)
    (low,) = (each for each in replay(world).served if each.arrival.priority == 1)
    assert low.wait is not None
    assert 72 * HOUR <= low.wait <= 72 * HOUR + 20 * MINUTE


_arrivals = st.lists(
    st.builds(
        Arrival,
        at=st.integers(0, 200).map(lambda number: number * 30.0),
        handling=st.sampled_from((1.0, 7.0, 30.0)),
        priority=st.integers(1, 4),
        language=st.sampled_from(("", "en", "sv")),
        team=st.sampled_from(("a", "b")),
    ),
    max_size=40,
).map(lambda some: sorted(some, key=lambda each: each.at))
_colleagues = st.lists(
    st.builds(
        lambda since, hours, languages, capacity, teams: Colleague(
            f"{since} {hours}", ((since, since + hours * HOUR),), languages, capacity, teams
        ),
        st.integers(0, 5000).map(float),
        st.sampled_from((0.2, 1, 5)),
        st.frozensets(st.sampled_from(("en", "sv"))),
        st.integers(0, 3),
        st.sampled_from((("a",), ("b",), ("a", "b"), ())),
    ),
    max_size=4,
)
_worlds = st.builds(
    lambda arrivals, agents, limit, patience: World(
        arrivals, agents, dict.fromkeys("ab", TeamRule(limit, patience)), 2.0
    ),
    _arrivals,
    _colleagues,
    st.one_of(st.none(), st.integers(1, 2)),
    st.sampled_from((0.0, 300.0)),
)


@WORLDS
@given(_worlds, st.sampled_from(POLICIES))
def test_no_policy_breaks_a_limit_or_gives_to_somebody_absent(world: World, policy: str) -> None:
    served = [each for each in replay(world, policy).served if each.agent is not None and each.given is not None]
    for each in served:
        agent = world.agents[each.agent or 0]
        assert any(since <= (each.given or 0) <= until for since, until in agent.shifts)
        assert not agent.teams or each.arrival.team in agent.teams
        at_once = [other for other in served if other.agent == each.agent and _overlap(other, each.given or 0)]
        assert len(at_once) <= agent.capacity
        limit = world.rules["a"].limit
        assert limit is None or sum(other.arrival.team == each.arrival.team for other in at_once) <= limit
        if not speaks(agent.languages, each.arrival.language):
            vain = not any(
                speaks(other.languages, each.arrival.language)
                for other in world.agents
                if not other.teams or each.arrival.team in other.teams
            )
            assert vain or (each.wait or 0) >= world.rules["a"].patience


def _overlap(other: Served, moment: float) -> bool:
    return (other.given or 0) <= moment < (other.done or 0)


@WORLDS
@given(_worlds, st.sampled_from(POLICIES))
def test_nobody_is_overtaken_by_somebody_behind_them(world: World, policy: str) -> None:
    """Of those who want the same, whoever stands first while both wait is served first."""
    world = World([_plain(each) for each in world.arrivals], world.agents, world.rules, world.parallel)
    served = replay(world, policy).served
    places = [place(Waiting(number, 1, each.arrival.priority, each.arrival.at)) for number, each in enumerate(served)]
    for (first, a), (second, b) in combinations(sorted(zip(places, served, strict=True), key=lambda it: it[0]), 2):
        assert first < second
        if a.arrival.team == b.arrival.team and b.given is not None and a.arrival.at < b.given:
            assert a.given is not None
            assert a.given <= b.given


def _plain(arrival: Arrival) -> Arrival:
    return Arrival(arrival.at, arrival.handling, arrival.priority, "", arrival.team)


@WORLDS
@given(_worlds, st.sampled_from(POLICIES))
def test_work_is_neither_lost_nor_made(world: World, policy: str) -> None:
    outcome = replay(world, policy)
    assert all((each.given is None) == (each.done is None) for each in outcome.served)
    for each in outcome.served:
        if each.given is not None and each.done is not None:
            assert each.done - each.given >= each.arrival.handling * MINUTE - 1e-6
            assert each.given >= each.arrival.at
    assert replay(world, policy) == outcome


def test_ours_is_fairer_than_the_others_and_makes_nobody_wait_longer() -> None:
    """Paired over the same worlds: the gain in fairness is more than chance, a difference in waiting is not."""

    def world_of(seed: int) -> World:
        return World(generating.arrivals(5, 35, seed), generating.staff(20, 6, seed))

    found = compare(world_of, POLICIES, seeds=range(8), target=5)
    for name in ("round_robin", "fewest_open"):
        less = found.against[name]
        assert less["jain"].mean - less["jain"].interval > 0
        for figure in ("wait_p90", "wait_p99", "done_p90", "breached"):
            assert less[figure].mean - less[figure].interval <= 0


def test_a_policy_that_is_none() -> None:
    with pytest.raises(UnknownPolicy, match=r"no policy 'luck'\. There are: round_robin, fewest_open, ours"):
        replay(World([], []), "luck")


def test_an_empty_world_has_figures_too() -> None:
    assert figures(replay(World([], [])), 5)["jain"] == 1
    assert figures(replay(World([Arrival(0, 1)], [])), 5)["breached"] == 1


@pytest.mark.parametrize(("loads", "index"), [([1, 1, 1], 1), ([5, 0, 0], 1 / 3), ([4, 2], 0.9), ([], 1), ([0, 0], 1)])
def test_jain(loads: list[float], index: float) -> None:
    assert isclose(jain(loads), index)


def test_percentiles_and_intervals() -> None:
    assert [percentile([5, 1, 3, 2, 4], share) for share in (50, 90, 100)] == [3, 5, 5]
    found = spread([1, 2, 3])
    assert (found.mean, round(found.interval, 3)) == (2, 2.484)
    assert (spread([7]).interval, spread([2.0] * 40).interval) == (0, 0)


def test_what_is_invented_follows_its_tables() -> None:
    arrivals = generating.arrivals(28, 40, seed=1)
    assert len(arrivals) == pytest.approx(28 * 24 * 40, rel=0.05)
    shares = [sum(each.priority == priority for each in arrivals) / len(arrivals) for priority in (1, 2, 3, 4)]
    assert shares == pytest.approx([0.20, 0.60, 0.16, 0.04], abs=0.02)
    assert percentile([each.handling for each in arrivals], 50) == pytest.approx(8, rel=0.1)
    staff = generating.staff(20, 14, seed=1)
    assert {each.hours for each in staff} == {80}
    for hour in range(24 * 14 - 24):
        moment = (hour + 6.5) * HOUR
        assert any(since <= moment < until for each in staff for since, until in each.shifts)
    assert generating.arrivals(1, 40, 1) == generating.arrivals(1, 40, 1) != generating.arrivals(1, 40, 2)
