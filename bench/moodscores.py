"""Scores with 95 % bootstrap confidence intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.metrics import cohen_kappa_score, f1_score, roc_auc_score

ROUNDS = 200
BINS = 15


def ece(chance: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error over BINS bins of equal width."""
    bins = np.minimum((chance * BINS).astype(int), BINS - 1)
    gaps = [abs(chance[bins == at].mean() - right[bins == at].mean()) * (bins == at).mean() for at in np.unique(bins)]
    return float(sum(gaps))


def sided(chances: np.ndarray, truth: np.ndarray) -> list[str]:
    """Accuracy, macro-F1, QWK and ECE of (n, 3) probabilities of sides -1, 0, 1."""
    said = chances.argmax(axis=1) - 1
    error = ece(chances.max(axis=1), said == truth)
    return [
        interval(lambda rows: float((said[rows] == truth[rows]).mean()), len(truth)),
        interval(lambda rows: float(f1_score(truth[rows], said[rows], average="macro")), len(truth)),
        interval(lambda rows: kappa(truth[rows], said[rows]), len(truth)),
        f"{100 * error:.1f}",
    ]


def binary(chance: np.ndarray, truth: np.ndarray) -> list[str]:
    """AUROC, macro-F1 and ECE of the probability of yes."""
    return [
        interval(lambda rows: float(roc_auc_score(truth[rows], chance[rows])), len(truth)),
        interval(lambda rows: float(f1_score(truth[rows], chance[rows] >= 0.5, average="macro")), len(truth)),
        f"{100 * ece(chance, truth):.1f}",
    ]


def kappa(truth: np.ndarray, said: np.ndarray) -> float:
    """Cohen's kappa with quadratic weights."""
    return float(cohen_kappa_score(truth, said, weights="quadratic"))


def interval(score: Callable[[np.ndarray], float], count: int) -> str:
    """The score of all rows, and in brackets where it lies in 95 % of samples of as many rows."""
    chosen = np.random.default_rng(0)
    drawn = [score(chosen.integers(0, count, count)) for _ in range(ROUNDS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{score(np.arange(count)):.3f} [{low:.3f}, {high:.3f}]"
