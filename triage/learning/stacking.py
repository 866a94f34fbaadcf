"""From the scores of several heads to calibrated log-probabilities.

Logits are a weighted sum of the heads' scores; the weights, one a head, are fitted on scores that each head gave to
examples it had not seen, by the likelihood of the right answers (stacking, Wolpert 1992; with one head it is the
temperature of Guo et al. 2017).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

MOST = 6000  # rows: more do not change a handful of weights
PRIOR = 20.0  # rows' worth of trust in the weights to begin with
SMALLEST, LARGEST = 1e-3, 60.0


def mix(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(n, labels) logits of (heads, n, labels) scores."""
    return np.asarray(np.tensordot(weights, scores, axes=1))


def stack(scores: np.ndarray, targets: np.ndarray, start: np.ndarray, seed: int) -> np.ndarray:
    """(heads,) weights. `start` is where they begin, and stay near when rows are few."""
    rows = np.arange(len(targets))
    if len(rows) > MOST:
        rows = np.random.default_rng(seed).choice(rows, MOST, replace=False)
    if not len(rows):
        return start
    chosen, wanted = scores[:, rows].astype(np.float64), targets[rows]
    right = chosen[:, np.arange(len(rows)), wanted]

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        weights = np.exp(logs)
        logits = mix(chosen, weights)
        likely = softmax(logits, axis=1)
        value = (logsumexp(logits, axis=1) - weights @ right).sum()
        slope = np.einsum("hnc,nc->h", chosen, likely) - right.sum(axis=1)
        away = logs - np.log(start)
        return float(value + PRIOR / 10 * away @ away), slope * weights + PRIOR / 5 * away

    bounds = [(np.log(SMALLEST), np.log(LARGEST))] * len(start)
    return np.asarray(np.exp(minimize(loss, np.log(start), jac=True, bounds=bounds, method="L-BFGS-B").x))
