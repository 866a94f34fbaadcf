"""Ordered labels: far off is worse than near, so the answer is where the probabilities balance.

The expected rank minimises the squared distance; the cut points that turn it into a label are moved, one after the
other, to where Cohen's quadratically weighted kappa is highest on held-out answers.
"""

from __future__ import annotations

import numpy as np
from sklearn.metrics import cohen_kappa_score

ROUNDS = 3
FEWEST = 50  # answers below which the cut points stay halfway between ranks


def expected(chances: np.ndarray) -> np.ndarray:
    """(n,) expected ranks of (n, labels) probabilities."""
    return np.asarray(chances @ np.arange(chances.shape[1]))


def ranked(chances: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """(n,) ranks."""
    return np.searchsorted(cuts, expected(chances))


def learn_cuts(chances: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(labels - 1,) ascending cut points."""
    cuts = np.arange(chances.shape[1] - 1) + 0.5
    if len(truth) < FEWEST:
        return cuts
    found = expected(chances)
    for _ in range(ROUNDS):
        for at in range(len(cuts)):
            cuts[at] = _best(found, truth, cuts, at)
    return cuts


def _best(found: np.ndarray, truth: np.ndarray, cuts: np.ndarray, at: int) -> float:
    low = cuts[at - 1] if at else 0.0
    high = cuts[at + 1] if at + 1 < len(cuts) else float(len(cuts))
    tried = np.linspace(low, high, 23)[1:-1]
    kappas = [kappa(truth, np.searchsorted(np.r_[cuts[:at], cut, cuts[at + 1 :]], found)) for cut in tried]
    # A smoothed curve, for the highest of many noisy points is mostly luck.
    return float(tried[int(np.argmax(np.convolve(np.pad(kappas, 1, mode="edge"), np.full(3, 1 / 3), "valid")))])


def kappa(truth: np.ndarray, found: np.ndarray) -> float:
    """Quadratically weighted kappa; 0 where it is undefined, because all ranks are one."""
    if len(np.union1d(truth, found)) < 2:
        return 0.0
    return float(cohen_kappa_score(truth, found, weights="quadratic"))
