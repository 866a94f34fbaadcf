"""Rooms full of agents and queues in front of them, as hypothesis likes to draw them."""

from __future__ import annotations

from hypothesis import strategies as st

from triage.policy import AgentView, Room, TeamRule, Waiting

NOW = 1_000_000.0
TEAMS = (1, 2)
LANGUAGES = ("", "en", "sv-SE", "sv")

_languages = st.sampled_from(((), ("en",), ("sv",), ("en", "sv"), ("de",))).map(frozenset[str])
_rules = st.builds(TeamRule, limit=st.sampled_from((None, None, 1, 3)), patience=st.sampled_from((0.0, 600.0, 3600.0)))


@st.composite
def agents(draw: st.DrawFn) -> list[tuple[AgentView, frozenset[int]]]:
    """Up to six, with the teams they belong to; mostly there and alike, so that much hangs on small differences."""
    found = []
    for key in range(1, draw(st.integers(0, 6)) + 1):
        by_team = {team: draw(st.sampled_from((0, 0, 1, 2))) for team in TEAMS}
        view = AgentView(
            key=key,
            name=f"Agent {key}",
            presence=draw(st.sampled_from((*["online"] * 6, "away", "offline"))),
            languages=draw(_languages),
            capacity=draw(st.sampled_from((0, 1, 2, 4, 6))),
            open=sum(by_team.values()),
            open_by_team=by_team,
            given=draw(st.integers(0, 2)),
            idle_since=NOW - draw(st.integers(0, 2)) * 60,
        )
        found.append((view, draw(st.sampled_from(({1}, {2}, {1, 2}, {1, 2}))).copy()))
    return [(view, frozenset(teams)) for view, teams in found]


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
            gave_back=frozenset(draw(st.sampled_from(((), (), (1,), (2,))))),
        )
        for key in range(1, draw(st.integers(0, 12)) + 1)
    ]
