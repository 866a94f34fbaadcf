"""Plays a world through a policy, event by event.

Somebody asks; somebody who is there and has room gets the conversation by `triage.policy`, the code the desk itself
runs; with up to `World.parallel` conversations each takes its handling time, with more an agent's attention is divided
among them. At the end of a shift agents get nothing new and finish what they have.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import NamedTuple

from triage.policy import SHARE_OF, AgentView, Order, Room, Waiting, fair, plan
from triage.simulating.world import MINUTE, Arrival, Colleague, World

POLICIES = ("round_robin", "fewest_open", "ours")


class UnknownPolicy(ValueError):
    """There is no policy of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no policy '{name}'. There are: {', '.join(POLICIES)}.")


@dataclass(slots=True)
class Desk:
    """One agent's desk: what lies on it, and how far it has got. `worked` is the clock of whoever sits there, which
    goes slower the more lies on it."""

    view: AgentView
    colleague: Colleague
    parallel: float
    worked: float = 0.0
    seen_at: float = 0.0
    version: int = 0
    load: float = 0.0  # seconds of handling of all that was finished here
    filled: float = 0.0  # seconds times open conversations, while on duty
    pile: list[tuple[float, int]] = field(default_factory=list)  # heap of (worked when it is done, arrival)

    @property
    def pace(self) -> float:
        return min(1.0, self.parallel / len(self.pile)) if self.pile else 1.0

    def advance(self, now: float) -> None:
        passed = now - self.seen_at
        self.worked += passed * self.pace
        if self.view.presence == "online":
            self.filled += passed * len(self.pile)
        self.seen_at = now

    def forget(self) -> None:
        """What was given a day ago."""
        self.view.given -= 1

    def next_done(self) -> float:
        return self.seen_at + (self.pile[0][0] - self.worked) / self.pace


@dataclass(frozen=True, slots=True)
class Served:
    """What became of an arrival: seconds of the simulated clock, None if it never came to it."""

    arrival: Arrival
    given: float | None = None
    done: float | None = None
    agent: int | None = None

    @property
    def wait(self) -> float | None:
        return None if self.given is None else self.given - self.arrival.at


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that happened. `loads`: of each agent with hours, minutes handled for each hour on duty. `filled`:
    share of the room for conversations that was used."""

    policy: str
    served: list[Served]
    loads: dict[str, float]
    filled: float


class _Event(NamedTuple):
    at: float
    turn: int
    act: Callable[[float], None]


def replay(world: World, policy: str = "ours", *, seed: int = 0) -> Outcome:
    """Play the world until its last conversation is done, or nobody comes any more who could take one.

    Raises:
        UnknownPolicy: it is none of `POLICIES`.
    """
    return _Replay(world, policy, seed).run()


class _Replay:
    def __init__(self, world: World, policy: str, seed: int) -> None:
        self.world, self.policy = world, policy
        self.served = [Served(each) for each in world.arrivals]
        self.queue: dict[int, Waiting] = {}
        self.events: list[_Event] = []
        self.turns = count()
        self.teams = {name: number for number, name in enumerate(world.teams)}
        self.desks = [_desk(number, each, world.parallel) for number, each in enumerate(world.agents)]
        self.room = Room(self._members(), {self.teams[name]: rule for name, rule in world.rules.items()})
        self.given_to, self.order = _order(policy, self.desks, seed)

    def _members(self) -> dict[int, list[AgentView]]:
        return {
            number: [each.view for each in self.desks if not each.colleague.teams or name in each.colleague.teams]
            for name, number in self.teams.items()
        }

    def run(self) -> Outcome:
        for number, arrival in enumerate(self.world.arrivals):
            self._at(arrival.at, lambda now, number=number: self._arrive(number, now))  # type: ignore[misc]
        for desk in self.desks:
            for since, until in desk.colleague.shifts:
                self._at(since, lambda now, desk=desk: self._come(desk, now))  # type: ignore[misc]
                self._at(until, lambda now, desk=desk: self._go(desk, now))  # type: ignore[misc]
        while self.events:
            now, _, act = heapq.heappop(self.events)
            act(now)
        return self._outcome()

    def _at(self, when: float, act: Callable[[float], None]) -> None:
        heapq.heappush(self.events, _Event(when, next(self.turns), act))

    def _arrive(self, number: int, now: float) -> None:
        arrival = self.world.arrivals[number]
        waiting = Waiting(number, self.teams[arrival.team], arrival.priority, now, arrival.language)
        self.queue[number] = waiting
        self._give(now, [waiting])
        if number in self.queue and arrival.language:
            self._at(now + self.room.rule(waiting.team).patience, lambda later: self._lose_patience(number, later))

    def _lose_patience(self, number: int, now: float) -> None:
        if number in self.queue:
            self._give(now, [self.queue[number]])

    def _come(self, desk: Desk, now: float) -> None:
        desk.advance(now)
        desk.view.presence, desk.view.idle_since = "online", now
        self._give(now, list(self.queue.values()))

    def _go(self, desk: Desk, now: float) -> None:
        desk.advance(now)
        desk.view.presence = "offline"

    def _give(self, now: float, queue: list[Waiting]) -> None:
        for waiting, agent in plan(queue, self.room, now, self.order):
            del self.queue[waiting.conversation]
            self.given_to(agent)
            self._start(self.desks[agent.key], waiting.conversation, now)

    def _start(self, desk: Desk, number: int, now: float) -> None:
        desk.advance(now)
        handling = self.world.arrivals[number].handling * MINUTE
        heapq.heappush(desk.pile, (desk.worked + handling, number))
        self.served[number] = Served(self.world.arrivals[number], now, None, desk.view.key)
        self._expect(desk)
        self._at(now + SHARE_OF, lambda _: desk.forget())

    def _expect(self, desk: Desk) -> None:
        """The next one to be done here; whatever was expected before is out of date."""
        desk.version += 1
        if desk.pile:
            version = desk.version
            self._at(desk.next_done(), lambda now: self._finish(desk, version, now))

    def _finish(self, desk: Desk, version: int, now: float) -> None:
        if version != desk.version:
            return
        desk.advance(now)
        _, number = heapq.heappop(desk.pile)
        before = self.served[number]
        self.served[number] = Served(before.arrival, before.given, now, before.agent)
        desk.load += before.arrival.handling * MINUTE
        desk.view.finish(self.teams[before.arrival.team])
        self._expect(desk)
        self._give(now, list(self.queue.values()))

    def _outcome(self) -> Outcome:
        on_duty = [each for each in self.desks if each.colleague.hours]
        loads = {each.view.name: each.load / MINUTE / each.colleague.hours for each in on_duty}
        room = sum(each.colleague.hours * 3600 * each.view.capacity for each in on_duty)
        filled = sum(each.filled for each in on_duty) / room if room else 0.0
        return Outcome(self.policy, self.served, loads, filled)


def _desk(number: int, colleague: Colleague, parallel: float) -> Desk:
    view = AgentView(number, colleague.name, "offline", colleague.languages, colleague.capacity)
    return Desk(view, colleague, parallel)


def _order(policy: str, desks: list[Desk], seed: int) -> tuple[Callable[[AgentView], None], Order]:
    """What is done when somebody got one, and who comes first. All policies serve the same queue in the same order
    and obey the same limits; they differ in whom they choose of those who can."""
    if policy == "ours":
        return lambda _: None, fair
    if policy == "fewest_open":  # no wiser than the draw among those with as few
        draw = Random(seed)  # noqa: S311 - a simulation
        return lambda _: None, lambda agent: (agent.open, draw.random())
    if policy == "round_robin":
        last = [-1]
        return lambda agent: last.__setitem__(0, agent.key), lambda agent: (agent.key - last[0] - 1) % len(desks)
    raise UnknownPolicy(policy)
