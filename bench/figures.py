"""Measured figures beside what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from bench.table import table


@dataclass(frozen=True)
class Figure:
    """`target` is the least, or with `at_most` the most, that keeps the promise; None: only for comparison."""

    name: str
    value: float
    unit: str = ""
    target: float | None = None
    at_most: bool = True
    remark: str = ""

    @property
    def is_kept(self) -> bool:
        if self.target is None:
            return True
        return self.value <= self.target if self.at_most else self.value >= self.target

    def cells(self) -> list[str]:
        sign = "≤" if self.at_most else "≥"
        target = "" if self.target is None else f"{sign} {_written(self.target)} {self.unit}".rstrip()
        verdict = "" if self.target is None else "kept" if self.is_kept else "MISSED"
        return [self.name, f"{_written(self.value)} {self.unit}".rstrip(), target, verdict, self.remark]


def _written(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 or number == int(number) else f"{number:.1f}"


def figures_table(figures: list[Figure]) -> str:
    return table(["", "measured", "target", "", ""], [figure.cells() for figure in figures])


def middle(numbers: list[float]) -> float:
    return median(numbers)
