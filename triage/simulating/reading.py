"""Worlds from tables.

Arrivals, a row for each: `time`, and if you like `priority` (low, normal, high, urgent or 1 … 4; normal), `language`,
`team` and `handling` (minutes; 12). Agents, a row for each shift: `name`, `from`, `until`, and if you like `days` (mon
tue …), `languages`, `capacity` (8) and `teams`, several of which are separated by spaces or semicolons; a second row of
the same name adds a shift.

A time is ISO 8601 (2026-03-02T09:30, all with a zone or all without) or a number of minutes. Shifts may also be times
of the day (09:00), which then hold for every day, or for `days`.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from triage.simulating.world import DAY, HOUR, MINUTE, Arrival, Colleague

MOST_ARRIVALS, MOST_AGENTS = 1_000_000, 1000
LONGEST = 366  # days
HANDLING = 12.0
PRIORITIES = {"low": 1, "normal": 2, "high": 3, "urgent": 4, "1": 1, "2": 2, "3": 3, "4": 4, "": 2}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class BadTable(ValueError):
    """A table that cannot be played; it says where and why."""


@dataclass(slots=True)
class Clock:
    """Turns times into seconds since the Monday before the first one it was asked for."""

    name: str = ""
    monday: datetime | None = None

    def seconds(self, text: str, where: str) -> float:
        try:
            return _finite(text) * MINUTE
        except ValueError:
            pass
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise BadTable(f"{where}: '{text}' is neither a time such as 2026-03-02T09:30 nor minutes.") from None
        return self._since_monday(moment, where)

    def _since_monday(self, moment: datetime, where: str) -> float:
        if self.monday is None:
            midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
            self.monday = midnight - timedelta(days=moment.weekday())
        if (moment.tzinfo is None) != (self.monday.tzinfo is None):
            raise BadTable(f"{where}: some times have a zone and some have none.")
        return (moment - self.monday).total_seconds()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, and where it stands."""

    where: str
    cells: Mapping[str, str] = field(default_factory=dict)

    def text(self, column: str) -> str:
        return (self.cells.get(column) or "").strip()

    def several(self, column: str) -> tuple[str, ...]:
        return tuple(self.text(column).replace(";", " ").replace(",", " ").split())

    def number(self, column: str, default: float, most: float) -> float:
        text = self.text(column)
        try:
            number = _finite(text) if text else default
        except ValueError:
            raise BadTable(f"{self.where}: {column} '{text}' is no number.") from None
        if not 0 <= number <= most:
            raise BadTable(f"{self.where}: {column} is {text}, and may be 0 to {most:g}.")
        return number


def read_arrivals(path: Path, clock: Clock) -> list[Arrival]:
    """In the order of their times.

    Raises:
        BadTable: the file cannot be read, or a row cannot be understood.
    """
    found = [_arrival(row, clock) for row in _rows(path, ("time",), MOST_ARRIVALS)]
    if not found:
        raise BadTable(f"{path.name} has no rows.")
    found.sort(key=lambda each: each.at)
    if clock.monday is None:  # minutes count from the start
        found = [replace(each, at=each.at - min(0.0, found[0].at)) for each in found]
    if found[-1].at - found[0].at > LONGEST * DAY:
        raise BadTable(f"{path.name} spans more than {LONGEST} days.")
    return found


def _arrival(row: Row, clock: Clock) -> Arrival:
    priority = row.text("priority").lower()
    if priority not in PRIORITIES:
        raise BadTable(f"{row.where}: priority '{priority}' is none of low, normal, high, urgent.")
    return Arrival(
        clock.seconds(row.text("time"), row.where),
        row.number("handling", HANDLING, 100_000),
        PRIORITIES[priority],
        row.text("language"),
        row.text("team"),
    )


def read_staff(path: Path, clock: Clock, until: float) -> list[Colleague]:
    """Agents with all their shifts; those that repeat do so until `until` (seconds).

    Raises:
        BadTable: the file cannot be read, or a row cannot be understood.
    """
    rows: dict[str, list[Row]] = {}
    for row in _rows(path, ("name", "from", "until"), 100 * MOST_AGENTS):
        rows.setdefault(row.text("name"), []).append(row)
    if not 1 <= len(rows) <= MOST_AGENTS:
        raise BadTable(f"{path.name} names {len(rows)} agents; it may be 1 to {MOST_AGENTS}.")
    return [_colleague(name, some, clock, until) for name, some in rows.items()]


def _colleague(name: str, rows: Sequence[Row], clock: Clock, until: float) -> Colleague:
    first = rows[0]
    return Colleague(
        name,
        merged(shift for row in rows for shift in _shifts(row, clock, until)),
        frozenset(first.several("languages")),
        int(first.number("capacity", 8, 1000)),
        first.several("teams"),
    )


def _shifts(row: Row, clock: Clock, until: float) -> list[tuple[float, float]]:
    start, end = row.text("from"), row.text("until")
    if ":" in start and "T" not in start and " " not in start:
        since, to = _of_day(start, row.where), _of_day(end, row.where)
        length = to - since if to > since else to - since + DAY
        days = [day for day in range(math.ceil(until / DAY)) if day % 7 in _days(row)]
        return [(day * DAY + since, day * DAY + since + length) for day in days]
    since, to = clock.seconds(start, row.where), clock.seconds(end, row.where)
    if to <= since:
        raise BadTable(f"{row.where}: the shift ends before it begins.")
    return [(since, to)]


def _of_day(text: str, where: str) -> float:
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) <= 24 and int(minutes) < 60):
        raise BadTable(f"{where}: '{text}' is no time of the day such as 09:00.")
    return int(hours) * HOUR + int(minutes) * MINUTE


def _days(row: Row) -> set[int]:
    named = row.several("days")
    if unknown := [each for each in named if each[:3].lower() not in DAYS]:
        raise BadTable(f"{row.where}: '{unknown[0]}' is none of {', '.join(DAYS)}.")
    return {DAYS.index(each[:3].lower()) for each in named} or set(range(7))


def merged(shifts: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """In order, those that touch as one."""
    found: list[tuple[float, float]] = []
    for since, until in sorted(shifts):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        else:
            found.append((since, until))
    return tuple(found)


def _rows(path: Path, needed: Sequence[str], most: int) -> Iterator[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadTable(f"{path.name} cannot be read: {getattr(problem, 'strerror', None) or 'not UTF-8'}.") from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, restval="")
    columns = [(each or "").strip().lower() for each in reader.fieldnames or ()]
    reader.fieldnames = columns
    if missing := [each for each in needed if each not in columns]:
        raise BadTable(f"column '{missing[0]}' is not in {path.name}; it has {', '.join(columns) or 'none'}.")
    try:
        for number, cells in enumerate(reader, 1):
            if number > most:
                raise BadTable(f"{path.name} has more than {most:,} rows.")
            yield Row(f"{path.name}, row {number}", {key: value for key, value in cells.items() if key is not None})
    except csv.Error as problem:
        raise BadTable(f"{path.name} is no table: {problem}.") from None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
