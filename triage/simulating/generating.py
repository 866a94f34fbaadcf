"""A desk nobody has seen: invented arrivals and an invented staff, from documented distributions.

Arrivals are a Poisson process whose rate follows the hour and the weekday. Handling times are lognormal, as measured in
call centres by Brown et al., "Statistical Analysis of a Telephone Call Center" (JASA 100, 2005): median 8 minutes,
sigma 0.9, so 12 on average. Everything else below is assumed and stands in the tables of this file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import TypeVar

from triage.simulating.world import DAY, HOUR, Arrival, Colleague

T = TypeVar("T")
Shares = Sequence[tuple[T, float]]

PER_HOUR, AGENTS, DAYS = 35.0, 20, 7.0

HOURS = (2, 1, 1, 1, 1, 2, 4, 8, 13, 16, 17, 16, 14, 15, 16, 15, 13, 11, 10, 10, 9, 7, 5, 3)
WEEKDAYS = (12, 11, 10, 10, 9, 6, 5)  # Monday first
PRIORITIES: Shares[int] = ((4, 0.04), (3, 0.16), (2, 0.60), (1, 0.20))
LANGUAGES: Shares[str] = (("en", 0.70), ("sv", 0.15), ("de", 0.10), ("es", 0.05))
TEAMS: Shares[str] = (("front", 0.75), ("billing", 0.25))
HANDLING_MEDIAN, HANDLING_SIGMA = 8.0, 0.9

NIGHT = (22, 30)
SHIFTS: Shares[tuple[int, int]] = (((6, 14), 0.30), ((9, 17), 0.35), ((14, 22), 0.25), (NIGHT, 0.10))
SPEAKERS = (("sv", 0.40), ("de", 0.30), ("es", 0.20))  # beside English, which all speak
CAPACITIES: Shares[int] = ((5, 0.6), (6, 0.2), (3, 0.2))
BOTH = ("front", "billing")
MEMBERS: Shares[tuple[str, ...]] = ((("front",), 0.5), (BOTH, 0.35), (("billing",), 0.15))  # by night: both


def arrivals(days: float, per_hour: float, seed: int) -> list[Arrival]:
    """So many days from a Monday on, with `per_hour` on the average of a whole week."""
    random, at, found = Random(seed), 0.0, []  # noqa: S311 - a simulation
    peak = max(HOURS) * max(WEEKDAYS)
    most = per_hour * peak / (_mean(HOURS) * _mean(WEEKDAYS))
    while (at := at + random.expovariate(most / HOUR)) < days * DAY:
        hour, day = int(at % DAY // HOUR), int(at // DAY) % 7
        if random.random() * peak < HOURS[hour] * WEEKDAYS[day]:  # thinning: Lewis and Shedler, 1979
            found.append(_arrival(at, random))
    return found


def _arrival(at: float, random: Random) -> Arrival:
    handling = HANDLING_MEDIAN * math.exp(random.gauss(0, HANDLING_SIGMA))
    return Arrival(at, handling, _drawn(PRIORITIES, random), _drawn(LANGUAGES, random), _drawn(TEAMS, random))


def staff(count: int, days: float, seed: int) -> list[Colleague]:
    """Agents who work eight hours on five days of seven. Shifts, teams and languages are dealt out by their shares,
    so that also a small desk has some of each, and days off so that a shift is never off together."""
    random = Random(seed + 1_000_003)  # noqa: S311 - other numbers than the arrivals have
    shifts, teams = _dealt(SHIFTS, count), _shuffled(_dealt(MEMBERS, count), random)
    spoken = {
        language: _shuffled(_dealt(((True, share), (False, 1 - share)), count), random) for language, share in SPEAKERS
    }
    return [
        Colleague(
            name=f"Agent {number + 1}",
            shifts=_week(shifts[number], days, free=2 * number % 7),
            languages=frozenset({"en"} | {language for language, who in spoken.items() if who[number]}),
            capacity=_drawn(CAPACITIES, random),
            teams=BOTH if shifts[number] == NIGHT else teams[number],
        )
        for number in range(count)
    ]


def _week(shift: tuple[int, int], days: float, free: int) -> tuple[tuple[float, float], ...]:
    working = [day for day in range(math.ceil(days)) if (day - free) % 7 > 1]
    return tuple((day * DAY + shift[0] * HOUR, day * DAY + shift[1] * HOUR) for day in working)


def _drawn(shares: Shares[T], random: Random) -> T:
    return random.choices([what for what, _ in shares], [share for _, share in shares])[0]


def _dealt(shares: Shares[T], count: int) -> list[T]:
    """`count` of them in the shares asked for, as near as whole numbers come."""
    dealt: list[T] = []
    total = 0.0
    for what, share in shares:
        total += share
        dealt += [what] * (round(total * count) - len(dealt))
    return dealt


def _shuffled(dealt: list[T], random: Random) -> list[T]:
    random.shuffle(dealt)
    return dealt


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
