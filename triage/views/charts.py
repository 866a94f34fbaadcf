"""Where lines and dots of a chart go. Templates draw them as SVG; the same values stand in a table below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from triage.views.figures import percent

WIDTH, HEIGHT = 400, 220
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 18, 30


@dataclass(frozen=True, slots=True)
class Value:
    """A share from 0 to 1 with its interval; None where there is nothing to tell. `faint`: from few rows."""

    label: str
    value: float | None
    low: float = 0.0
    high: float = 0.0
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    low: float
    high: float
    label: str
    text: str
    faint: bool
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything in the units of its view box."""

    dots: tuple[Dot, ...]
    line: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    diagonal: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def line(values: Sequence[Value], places: Sequence[float] | None = None) -> Chart:
    """A line through values in their order, evenly spaced or at `places` (any scale)."""
    known = [each for each in values if each.value is not None]
    floor = _floor([each.low for each in known])
    at = list(places) if places is not None else list(range(len(values)))
    span = (max(at) - min(at)) or 1
    dots = tuple(
        _dot(each, LEFT + (WIDTH - LEFT - RIGHT) * (at[place] - min(at)) / span, floor, place == len(values) - 1)
        for place, each in enumerate(values)
        if each.value is not None
    )
    drawn = " ".join(f"{'L' if number else 'M'}{dot.x:.1f} {dot.y:.1f}" for number, dot in enumerate(dots))
    return Chart(dots, drawn, _ends(values, at), _shares(floor))


def reliability(bins: Sequence[tuple[float, Value]]) -> Chart:
    """What was said (across) against what was right (up); on the diagonal both agree."""
    dots = tuple(_dot(value, _across(said), 0.0, is_last=False) for said, value in bins)
    drawn = " ".join(f"{'L' if number else 'M'}{dot.x:.1f} {dot.y:.1f}" for number, dot in enumerate(dots))
    across = tuple(Tick(_across(share), percent(share), anchor) for share, anchor in _CORNERS)
    diagonal = f"M{_across(0):.1f} {_up(0, 0):.1f} L{_across(1):.1f} {_up(1, 0):.1f}"
    return Chart(dots, drawn, across, _shares(0.0), diagonal)


_CORNERS = ((0.0, "start"), (0.5, "middle"), (1.0, "end"))


def _dot(each: Value, x: float, floor: float, is_last: bool) -> Dot:  # noqa: FBT001 - one of several facts in a row
    value = each.value or 0.0
    y, low, high = (_up(share, floor) for share in (value, each.low, each.high))
    return Dot(round(x, 1), round(y, 1), round(low, 1), round(high, 1), each.label, percent(value), each.faint, is_last)


def _floor(lows: Sequence[float]) -> float:
    """Lines may begin above zero, if the axis says so: at a tenth, well below the lowest."""
    return max(0.0, math.floor(min(lows, default=0.0) * 10) / 10) if lows else 0.0


def _up(share: float, floor: float) -> float:
    room = HEIGHT - TOP - BOTTOM
    return TOP + room * (1 - (max(share, floor) - floor) / (1 - floor if floor < 1 else 1))


def _across(share: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * share


def _shares(floor: float) -> tuple[Tick, ...]:
    return tuple(Tick(round(_up(share, floor), 1), percent(share)) for share in (floor, (1 + floor) / 2, 1.0))


def _ends(values: Sequence[Value], at: Sequence[float]) -> tuple[Tick, ...]:
    if not values:
        return ()
    if len(values) == 1 or at[0] == at[-1]:
        return (Tick(LEFT, values[0].label, "start"),)
    return (Tick(LEFT, values[0].label, "start"), Tick(WIDTH - RIGHT, values[-1].label, "end"))
