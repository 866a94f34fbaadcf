"""Which agent a conversation goes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from triage.policy.queue import Waiting, place, speaks

SHARE_OF = 86_400.0  # a day is what work is shared out fairly over
SHOWN = 20  # candidates that are told of by name

Facts = dict[str, Any]


@dataclass(slots=True)
class AgentView:
    """An agent while conversations are given away. `open` counts what is open and theirs in all teams; snoozed and
    closed ones are no load. `given`: how many they were given in the last `SHARE_OF` seconds. `idle_since`: they last
    got one, or came."""

    key: int
    name: str = ""
    presence: str = "online"  # | away | offline
    languages: frozenset[str] = frozenset()
    capacity: int = 8
    open: int = 0
    open_by_team: dict[int, int] = field(default_factory=dict)
    given: int = 0
    idle_since: float = 0.0

    def take(self, team: int, now: float) -> None:
        self.open += 1
        self.open_by_team[team] = self.open_by_team.get(team, 0) + 1
        self.given += 1
        self.idle_since = now

    def finish(self, team: int) -> None:
        self.open -= 1
        self.open_by_team[team] -= 1


@dataclass(frozen=True, slots=True)
class TeamRule:
    """How a team takes its work. `patience`: seconds a customer waits for somebody who speaks their language."""

    limit: int | None = None  # open conversations of this team that one agent has
    patience: float = 600.0


@dataclass(frozen=True, slots=True)
class AgentChoice:
    """`agent` None: nobody can take it now. Codes: see the package."""

    agent: int | None
    code: str
    reasons: list[Facts]
    candidates: list[Facts]


@dataclass(frozen=True, slots=True)
class Room:
    """Who works in which team (all who belong to it, also those who are away), and by which rules."""

    agents: Mapping[int, Sequence[AgentView]]
    rules: Mapping[int, TeamRule] = field(default_factory=dict)

    def rule(self, team: int) -> TeamRule:
        return self.rules.get(team, _PLAIN)

    def has_space(self, team: int | None = None) -> bool:
        """Whether anybody of the team, or of any, could take one more."""
        agents = self.agents.get(team, ()) if team is not None else chain.from_iterable(self.agents.values())
        return any(each.presence == "online" and each.open < each.capacity for each in agents)


_PLAIN = TeamRule()
Order = Callable[[AgentView], Any]  # the smallest gets it


def fair(agent: AgentView) -> tuple[int, int, float, int]:
    """The desk's order among those who can take a conversation: fewest open, then fewest given in the last day, then
    longest idle. The second makes the work shared out more evenly than the other two alone (docs/triage.md)."""
    return agent.open, agent.given, agent.idle_since, agent.key


def plan(queue: Iterable[Waiting], room: Room, now: float, order: Order = fair) -> Iterator[tuple[Waiting, AgentView]]:
    """Give away what can be given, the next in the queue first. Each agent is yielded as they were before they got
    the conversation, and has it when the next one is asked for. Who cannot be served holds up nobody behind them."""
    hopeless: set[tuple[int, str, bool]] = set()
    for waiting in sorted(queue, key=place):
        kind = (waiting.team, waiting.language, _is_open_to_all(waiting, room, now))
        if kind in hopeless:
            continue
        agent = pick(waiting, room, now, order)
        if agent is not None:
            yield waiting, agent
            agent.take(waiting.team, now)
        elif not waiting.gave_back:
            hopeless.add(kind)


def pick(waiting: Waiting, room: Room, now: float, order: Order = fair) -> AgentView | None:
    """Who gets it: of those with nothing against them the first in `order`; somebody who speaks the language first of
    all."""
    rule, to_all = room.rule(waiting.team), _is_open_to_all(waiting, room, now)
    able = [
        each for each in room.agents.get(waiting.team, ()) if not obstacle(each, waiting, rule, is_open_to_all=to_all)
    ]
    if not able:
        return None
    return min(able, key=lambda each: (_is_second_choice(each, waiting), order(each)))


def obstacle(agent: AgentView, waiting: Waiting, rule: TeamRule, *, is_open_to_all: bool) -> str:
    """Why they cannot take it, or nothing."""
    if agent.presence != "online":
        return agent.presence
    if agent.open >= agent.capacity:
        return "at_limit"
    if rule.limit is not None and agent.open_by_team.get(waiting.team, 0) >= rule.limit:
        return "at_team_limit"
    if is_open_to_all or not _is_second_choice(agent, waiting):
        return ""
    return "gave_back" if agent.key in waiting.gave_back else "other_language"


def explain(waiting: Waiting, agent: AgentView | None, room: Room, now: float) -> AgentChoice:
    """Why they got it and the others did not; to be asked before they `take` it."""
    candidates = [_candidate(each, agent, waiting, room, now) for each in room.agents.get(waiting.team, ())]
    if agent is None:
        return AgentChoice(None, "nobody", [{"code": "nobody"}], _shown(candidates))
    rivals = {each["code"] for each in candidates} & {"busier", "had_more", "shorter_idle"}
    reasons = [_first_reason(agent, rivals, now), *_about_language(waiting, agent, room, now), _queue(waiting, now)]
    return AgentChoice(agent.key, reasons[0]["code"], reasons, _shown(candidates))


def _is_open_to_all(waiting: Waiting, room: Room, now: float) -> bool:
    """Whether waiting for somebody who fits better is over, or was vain from the start."""
    if not (waiting.language or waiting.gave_back) or now - waiting.since >= room.rule(waiting.team).patience:
        return True
    return all(_is_second_choice(each, waiting) for each in room.agents.get(waiting.team, ()))


def _is_second_choice(agent: AgentView, waiting: Waiting) -> bool:
    return agent.key in waiting.gave_back or not speaks(agent.languages, waiting.language)


def _candidate(agent: AgentView, chosen: AgentView | None, waiting: Waiting, room: Room, now: float) -> Facts:
    facts: Facts = {"id": agent.key, "name": agent.name, "open": agent.open, "capacity": agent.capacity}
    facts |= {"given": agent.given, "idle_seconds": _seconds(now - agent.idle_since)}
    if chosen is not None and agent.key == chosen.key:
        return {**facts, "code": "chosen"}
    rule, to_all = room.rule(waiting.team), _is_open_to_all(waiting, room, now)
    code = obstacle(agent, waiting, rule, is_open_to_all=to_all) or _why_later(agent, chosen, waiting)
    if code == "at_team_limit":
        facts |= {"open": agent.open_by_team.get(waiting.team, 0), "limit": rule.limit}
    if code == "other_language":
        facts |= {"language": waiting.language, "languages": sorted(agent.languages)}
    return {**facts, "code": code}


def _why_later(agent: AgentView, chosen: AgentView | None, waiting: Waiting) -> str:
    if chosen is None:
        return "busier"
    if _is_second_choice(agent, waiting) and not _is_second_choice(chosen, waiting):
        return "gave_back" if agent.key in waiting.gave_back else "other_language"
    if agent.open > chosen.open:
        return "busier"
    return "had_more" if agent.given > chosen.given else "shorter_idle"


def _first_reason(agent: AgentView, rivals: set[str], now: float) -> Facts:
    if not rivals:
        return {"code": "only_one", "open": agent.open, "capacity": agent.capacity}
    if "shorter_idle" in rivals:
        return {"code": "longest_idle", "idle_seconds": _seconds(now - agent.idle_since), "open": agent.open}
    if "had_more" in rivals:
        return {"code": "fewest_given", "given": agent.given, "open": agent.open}
    return {"code": "fewest_open", "open": agent.open, "capacity": agent.capacity}


def _about_language(waiting: Waiting, agent: AgentView, room: Room, now: float) -> list[Facts]:
    if not waiting.language:
        return []
    if speaks(agent.languages, waiting.language):
        return [{"code": "speaks", "language": waiting.language}] if agent.languages else []
    if not any(speaks(each.languages, waiting.language) for each in room.agents[waiting.team]):
        return [{"code": "nobody_speaks", "language": waiting.language}]
    facts = {"waited_seconds": _seconds(now - waiting.since), "patience_seconds": int(room.rule(waiting.team).patience)}
    return [{"code": "patience_over", "language": waiting.language, **facts}]


def _queue(waiting: Waiting, now: float) -> Facts:
    return {"code": "queue", "priority": waiting.priority, "waited_seconds": _seconds(now - waiting.since)}


def _seconds(duration: float) -> int:
    return max(0, int(duration))


def _shown(candidates: list[Facts]) -> list[Facts]:
    """The chosen one, then those who came closest."""
    told = sorted(candidates, key=lambda each: _NEAR.get(each["code"], len(_NEAR)))
    rest = len(told) - SHOWN
    return [*told[:SHOWN], {"code": "others", "count": rest}] if rest > 0 else told


_CLOSEST = ("chosen", "shorter_idle", "had_more", "busier", "at_team_limit", "at_limit", "other_language")
_NEAR = {code: number for number, code in enumerate(_CLOSEST)}
