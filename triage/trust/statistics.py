"""The sums behind the numbers: intervals, calibration, drift and what more labels would bring. Pure.

scipy is imported where it is needed: most pages do without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

Z = 1.959964  # 95 %
BINS = 10
RESAMPLES = 4_000


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927): it never leaves 0 … 1, and holds for few trials too."""
    if not trials:
        return 0.0, 1.0
    share, square = hits / trials, Z * Z / trials
    centre = (share + square / 2) / (1 + square)
    reach = Z / (1 + square) * sqrt(share * (1 - share) / trials + square / (4 * trials))
    return max(0.0, centre - reach), min(1.0, centre + reach)


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers given with a probability from `low` to `high`."""

    low: float
    high: float
    count: int
    said: float  # mean probability
    right: float  # share that was right


@dataclass(frozen=True, slots=True)
class Calibration:
    """`ece`, the expected calibration error (Naeini et al. 2015): the mean gap between said and right, by count."""

    bins: tuple[Bin, ...]
    ece: float


def calibration(said: Sequence[float], right: Sequence[bool]) -> Calibration:
    """In ten bins of equal width; those without an answer are left out."""
    if not said:
        return Calibration((), 0.0)
    probabilities, hits = np.asarray(said, dtype=float), np.asarray(right, dtype=float)
    places = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    bins = tuple(
        Bin(
            at / BINS,
            (at + 1) / BINS,
            int(inside.sum()),
            float(probabilities[inside].mean()),
            float(hits[inside].mean()),
        )
        for at in range(BINS)
        if (inside := places == at).any()
    )
    return Calibration(bins, sum(each.count * abs(each.said - each.right) for each in bins) / len(probabilities))


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two shares over the same rows, with its 95 % interval."""

    value: float
    low: float
    high: float
    rows: int


def paired_difference(mine: Sequence[bool], others: Sequence[bool], seed: int = 0) -> Difference:
    """How much more often `mine` are right than `others`, by the percentile bootstrap over rows (Efron and Tibshirani
    1993, chapter 13).

    A row counts +1, 0 or -1, so drawing rows again is drawing how many there are of each.
    """
    gained = sum(a and not b for a, b in zip(mine, others, strict=True))
    lost = sum(b and not a for a, b in zip(mine, others, strict=True))
    rows = len(mine)
    if not rows:
        return Difference(0.0, 0.0, 0.0, 0)
    shares = [gained / rows, lost / rows, (rows - gained - lost) / rows]
    drawn = np.random.default_rng(seed).multinomial(rows, shares, size=RESAMPLES)
    low, high = np.quantile((drawn[:, 0] - drawn[:, 1]) / rows, [0.025, 0.975])
    return Difference((gained - lost) / rows, float(low), float(high), rows)


@dataclass(frozen=True, slots=True)
class Drift:
    """How far what comes in is from what was learnt: the population stability index over tenths of the training's own
    share of unseen text (Siddiqi 2006). Above `limit` it is more than chance and more than small."""

    index: float
    limit: float
    rows: int
    unseen: float  # mean share of unseen text
    usual: float  # in the middle of the training rows

    @property
    def is_strange(self) -> bool:
        return self.rows >= DRIFT_ROWS and self.index > self.limit

    @property
    def is_more_unseen(self) -> bool:
        return self.unseen > self.usual


DRIFT_ROWS = 50
DRIFT_LIMIT = 0.25  # the common reading: below 0.1 none, up to 0.25 some, above that the population is another one


def drift(tenths: Sequence[float], seen: Sequence[float], trained: int) -> Drift | None:
    """`tenths`: nine cut points of the training rows' unseen shares; `seen`: those of new messages.

    With few rows the index is large by chance: in the long run it is (1/n + 1/m) times a chi-square variable with one
    degree of freedom less than there are bins (Yurdakul 2018), so the limit is never below that one's 99 % quantile.
    """
    if len(tenths) != 9 or not seen:
        return None
    from scipy.stats import chi2

    edges = np.unique(np.asarray(tenths, dtype=float))
    base = np.diff(np.r_[0, np.searchsorted(np.asarray(tenths), edges, side="right"), 10]) / 10
    found = np.bincount(np.searchsorted(edges, seen, side="left"), minlength=len(edges) + 1) / len(seen)
    if tenths[8] == tenths[7] and not found[-1]:  # whether training had anything above is not known
        base, found = np.r_[base[:-2], base[-2:].sum()], found[:-1]
    expected, actual = np.maximum(base, 1e-4), np.maximum(found, 0.5 / len(seen))
    index = float(((actual - expected) * np.log(actual / expected)).sum())
    chance = float(chi2.ppf(0.99, max(1, len(base) - 1))) * (1 / len(seen) + 1 / max(trained, 1))
    middle = float(tenths[4])
    return Drift(index, max(DRIFT_LIMIT, chance), len(seen), float(np.mean(seen)), middle)


@dataclass(frozen=True, slots=True)
class Gain:
    """What so many more labels would probably bring, in accuracy (0 to 1), with its 95 % interval."""

    labels: int
    value: float
    low: float
    high: float


def gain(curve: Sequence[tuple[int, float, int]], labels: int = 50, seed: int = 0) -> Gain | None:
    """From a learning curve of (rows, accuracy, rows it was measured on): errors fall as a power of the rows
    (Cortes et al. 1994; Hestness et al. 2017). None where there are too few points to say.

    The interval comes from drawing the measured accuracies again, as often as rows were measured.
    """
    points = [(rows, accuracy, tested) for rows, accuracy, tested in curve if rows > 0 and tested > 0]
    if len(points) < 3:
        return None
    rows = np.array([point[0] for point in points], dtype=float)
    accuracy = np.array([point[1] for point in points])
    tested = np.array([point[2] for point in points])
    best = _more(rows, accuracy, labels)
    random = np.random.default_rng(seed)
    drawn = [_more(rows, random.binomial(tested, accuracy) / tested, labels) for _ in range(200)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Gain(labels, best, float(min(low, best)), float(max(high, best)))


def _more(rows: np.ndarray, accuracy: np.ndarray, labels: int) -> float:
    """By how much errors fall from the last point on. Errors never fall below 0 and never grow with rows."""
    from scipy.optimize import curve_fit

    errors = np.clip(1 - accuracy, 1e-4, 1)
    weights = 1 / np.sqrt(rows)  # later points say more about what comes next
    try:
        (scale, power), _ = curve_fit(
            _power, rows / rows[-1], errors, p0=(errors[-1], 0.3), sigma=weights, bounds=([0, 0], [1, 1.5])
        )
    except (RuntimeError, ValueError):
        return 0.0
    return float(scale * (1 - (1 + labels / rows[-1]) ** -power))


def _power(rows: np.ndarray, scale: float, power: float) -> np.ndarray:
    return np.asarray(scale * rows**-power)
