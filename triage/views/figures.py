"""Numbers as people read them, and where their rows are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _


def whole(number: float) -> str:
    """1,204 as the reader's language groups it."""
    return str(number_format(round(number), force_grouping=True))


def percent(share: float | None, digits: int = 0) -> str:
    """A share from 0 to 1; a dash for none."""
    if share is None:
        return "\N{EN DASH}"
    return _("{n} %").format(n=number_format(round(100 * share, digits), digits))


def points(difference: float) -> str:
    """A difference of shares, in points, with its sign."""
    number = number_format(abs(round(100 * difference, 1)), 1)
    return ("\N{MINUS SIGN}" if difference < 0 else "+") + number


def interval(low: float, high: float) -> str:
    return _("{low} to {high} %").format(
        low=number_format(round(100 * low), 0), high=number_format(round(100 * high), 0)
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that opens the list of what it counts."""

    value: int
    url: str

    @property
    def text(self) -> str:
        return whole(self.value)


def figure(value: int, kind: str, **where: Any) -> Figure:
    """`where` are the filters of the list: weeks, week, topic, said, truth, bin."""
    filters = {name: each for name, each in where.items() if each is not None}
    return Figure(value, f"{reverse('triage-rows')}?{urlencode({'kind': kind, **filters})}")
