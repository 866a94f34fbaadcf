"""Is one classifier better than another by more than luck?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

SURE = 0.05  # chance of luck below which a difference counts
ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Compared:
    """Of the same texts: how many only the new one, and only the old one, had right; how likely luck does that."""

    rows: int
    gained: int
    lost: int
    chance: float

    @property
    def is_better(self) -> bool:
        return self.gained > self.lost and self.chance < SURE

    def __str__(self) -> str:
        return (
            f"on {self.rows:,} texts the new model has {self.gained} right that the old one has wrong, "
            f"and {self.lost} the other way round (p = {self.chance:.3f})"
        )


def compare(new: np.ndarray, old: np.ndarray) -> Compared:
    """McNemar's exact test, one-sided, on (n,) whether each had each text right."""
    gained, lost = int((new & ~old).sum()), int((old & ~new).sum())
    chance = binomtest(gained, gained + lost, alternative="greater").pvalue if gained + lost else 1.0
    return Compared(len(new), gained, lost, float(chance))


def interval(values: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """95 % bootstrap interval of the mean of (n,) values."""
    if not len(values):
        return 0.0, 0.0
    chance = np.random.default_rng(seed)
    means = [values[chance.integers(0, len(values), len(values))].mean() for _ in range(ROUNDS)]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))
