"""The numbers of the trust page, each of them the length of a list that can be opened."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from triage.trust.judged import KINDS, Judged, of_kind
from triage.trust.statistics import Calibration, calibration, wilson

Key = TypeVar("Key", bound=Hashable)

FEW = 30  # below which a share is told without an arrow or a colour


@dataclass(frozen=True, slots=True)
class Count:
    """How often what happened, among some verdicts; the fields are the kinds of `judged.KINDS`."""

    verdicts: int
    alone: int
    abstained: int
    checked: int
    right: int
    corrected: int
    moved: int

    @classmethod
    def of(cls, rows: Sequence[Judged]) -> Count:
        return cls(**{name: len(of_kind(rows, name)) for name in KINDS if name != "compared"})

    @property
    def accuracy(self) -> float | None:
        """Of what triage decided alone and a person saw, the share that nobody corrected."""
        return self.right / self.checked if self.checked else None

    @property
    def interval(self) -> tuple[float, float]:
        """Of the accuracy, 95 %."""
        return wilson(self.right, self.checked)

    @property
    def alone_share(self) -> float | None:
        return self.alone / self.verdicts if self.verdicts else None

    @property
    def is_few(self) -> bool:
        return self.checked < FEW


@dataclass(frozen=True, slots=True)
class Week:
    """From a Monday, midnight, to the next."""

    begin: datetime
    end: datetime
    count: Count


def week_of(moment: datetime) -> datetime:
    """The Monday, midnight, that a moment's week began with, in the moment's own time zone."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return midnight - timedelta(days=moment.weekday())


def weeks(rows: Sequence[Judged], last: datetime, count: int) -> list[Week]:
    """The last `count` weeks, the oldest first; `last` is a moment of the last one, with the reader's time zone."""
    begins = [week_of(last) - timedelta(weeks=at) for at in reversed(range(count + 1))]
    begins = [*begins[1:], week_of(last) + timedelta(weeks=1)]
    return [
        Week(begin, end, Count.of([row for row in rows if begin <= row.at < end])) for begin, end in pairwise(begins)
    ]


def grouped(rows: Iterable[Judged], key: Callable[[Judged], Key]) -> dict[Key, list[Judged]]:
    found: dict[Key, list[Judged]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def by_topic(rows: Sequence[Judged]) -> dict[int | None, Count]:
    """By what triage said."""
    return {topic: Count.of(some) for topic, some in grouped(rows, lambda row: row.topic).items()}


def calibrated(rows: Sequence[Judged]) -> Calibration:
    """How often triage was right when it said how sure it is."""
    some = of_kind(rows, "compared")
    return calibration([row.probability for row in some], [not row.corrected for row in some])


def in_bin(row: Judged, low: float) -> bool:
    """Whether its probability is in the tenth that begins at `low`."""
    return min(int(row.probability * 10), 9) == round(low * 10)


def confusion(rows: Sequence[Judged]) -> dict[tuple[int | None, int | None], int]:
    """(said, true) → how often, where both are known."""
    some = of_kind(rows, "compared")
    return {pair: len(same) for pair, same in grouped(some, lambda row: (row.topic, row.about)).items()}
