"""Rooms full of agents and queues in front of them, as hypothesis likes to draw them."""

from __future__ import annotations

from hypothesis import strategies as st

from triage.policy import AgentView, Room, TeamRule, Waiting

NOW = 1_000_000.0
TEAMS = (1, 2)
LANGUAGES = ("", "en", "sv-SE", "sv")

_languages = st.frozensets(st.sampled_from(("en", "sv", "de")), max_size=2)
_rules = st.builds(
    TeamRule, limit=st.one_of(st.none(), st.integers(0, 3)), patience=st.sampled_from((0.0, 600.0, 3600.0))
)


@st.composite
def agents(draw: st.DrawFn) -> list[tuple[AgentView, frozenset[int]]]:
    """Up to six, with the teams they belong to; some have more than their limit already."""
    found = []
    for key in range(1, draw(st.integers(0, 6)) + 1):
        by_team = {team: draw(st.integers(0, 3)) for team in TEAMS}
        view = AgentView(
            key=key,
            name=f"Agent {key}",
            presence=draw(st.sampled_from(("online", "online", "online", "away", "offline"))),
            languages=draw(_languages),
            capacity=draw(st.integers(0, 5)),
            open=sum(by_team.values()) + draw(st.integers(0, 1)),
            open_by_team=by_team,
            given=draw(st.integers(0, 3)),
            idle_since=NOW - draw(st.integers(0, 3)) * 60,
        )
        found.append((view, draw(st.frozensets(st.sampled_from(TEAMS), min_size=1))))
    return found


@st.composite
def rooms(draw: st.DrawFn) -> Room:
    them = draw(agents())
    members = {team: [view for view, teams in them if team in teams] for team in TEAMS}
    return Room(members, {team: draw(_rules) for team in TEAMS})


@st.composite
def queues(draw: st.DrawFn) -> list[Waiting]:
    return [
        Waiting(
            conversation=key,
            team=draw(st.sampled_from(TEAMS)),
            priority=draw(st.integers(1, 4)),
            since=NOW - draw(st.sampled_from((0, 60, 599, 600, 3600, 100_000, 300_000))),
            language=draw(st.sampled_from(LANGUAGES)),
            gave_back=draw(st.frozensets(st.integers(1, 6), max_size=1)),
        )
        for key in range(1, draw(st.integers(0, 12)) + 1)
    ]
