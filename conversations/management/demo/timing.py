"""When things happen at Northwind: working hours, weekdays, and how long people take to answer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from conversations.management.demo.stories import AGAIN, AGENT, CUSTOMER, NOTE, PAUSE, VERB, Line

_OPEN, _SHUT, _SATURDAY_SHUT = 6, 21, 14  # UTC; some of us live in Asia, some in Mexico
_BY_WEEKDAY = (1.25, 1.1, 1.0, 1.0, 0.9, 0.45, 0.35)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """`40m`, `3h` or `2d`."""
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


def moment_of_writing(chance: random.Random, zone: str, begin: datetime, end: datetime) -> datetime:
    """A time between the two at which people there are awake, rarely on a weekend."""
    while True:
        day = begin + (end - begin) * chance.random()
        hour = chance.triangular(7, 23, 13)
        local = day.astimezone(ZoneInfo(zone)).replace(hour=int(hour), minute=chance.randrange(60))
        at = local.replace(second=chance.randrange(60), microsecond=0).astimezone(UTC)
        if begin <= at < end and chance.random() * max(_BY_WEEKDAY) < _BY_WEEKDAY[at.weekday()]:
            return at


def laid_out(
    chance: random.Random, lines: Sequence[Line], start: datetime, *, by_day: bool
) -> list[tuple[datetime, Line]]:
    """The lines at their times; `by_day` lets agents begin to answer in working hours only."""
    at, before, placed = start, "", list[tuple[datetime, Line]]()
    for line in lines:
        theirs = line.kind in (CUSTOMER, AGAIN)
        if before:
            at += _gap(chance, before, line)
        if by_day and before == CUSTOMER and not theirs and line.kind != PAUSE:
            at = _working(chance, at)
        if line.kind != PAUSE:
            placed.append((at, line))
            before = CUSTOMER if theirs else NOTE if line.kind == NOTE else AGENT
    return placed


def _gap(chance: random.Random, before: str, line: Line) -> timedelta:
    """Seconds between two lines of one person; minutes for an answer, sometimes hours."""
    theirs = line.kind in (CUSTOMER, AGAIN)
    if line.kind == PAUSE:
        return duration(line.text) * chance.uniform(1, 1.12)
    if theirs == (before == CUSTOMER):
        longest = 50 if line.kind == VERB else 600 if NOTE in (line.kind, before) else 170
        return timedelta(seconds=chance.randint(longest // 8, longest))
    slow = chance.random() < (0.15 if theirs else 0.08)
    minutes = chance.uniform(50, 300) if slow else chance.lognormvariate(1.4 if theirs else 1.7, 0.8)
    return timedelta(seconds=round(60 * min(minutes, 300)))


def _working(chance: random.Random, at: datetime) -> datetime:
    """Then, or soon after the shop opens again."""
    while not _is_open(at):
        opens = at.replace(hour=_OPEN, minute=0, second=0)
        opens += timedelta(days=1) if at >= opens else timedelta()
        at = opens + timedelta(seconds=chance.randint(120, 9000))
    return at


def _is_open(at: datetime) -> bool:
    shut = (_SHUT,) * 5 + (_SATURDAY_SHUT, 0)
    return _OPEN <= at.hour < shut[at.weekday()]
