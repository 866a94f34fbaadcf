"""What the simulator plays with: who asks when, and who is there to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from triage.policy import TeamRule

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
PARALLEL = 3.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """`at` in seconds of the simulated clock; `handling`: minutes an agent takes who is not overloaded."""

    at: float
    handling: float
    priority: int = 2  # 1 low … 4 urgent
    language: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Colleague:
    """An agent of the simulated desk, in all teams unless some are named. `shifts`: (from, until) in seconds, in order,
    not overlapping."""

    name: str
    shifts: tuple[tuple[float, float], ...]
    languages: frozenset[str] = frozenset()
    capacity: int = 8
    teams: tuple[str, ...] = ()

    @property
    def hours(self) -> float:
        return sum(until - since for since, until in self.shifts) / HOUR


@dataclass(frozen=True, slots=True)
class World:
    """`parallel`: so many conversations at once cost an agent no time, as customers are typing meanwhile; with more,
    each goes slower in proportion."""

    arrivals: Sequence[Arrival]
    agents: Sequence[Colleague]
    rules: Mapping[str, TeamRule] = field(default_factory=dict)
    parallel: float = PARALLEL

    @property
    def teams(self) -> list[str]:
        named = {each.team for each in self.arrivals} | {team for each in self.agents for team in each.teams}
        return sorted(named | set(self.rules))
