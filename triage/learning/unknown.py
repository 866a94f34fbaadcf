"""Is a text about any of the topics at all?

A logistic regression on signals of how well a text fits what is known. It learns from texts about none of the topics,
where a desk has them, and always from topics that were left out of the training on purpose (Hendrycks and Gimpel 2017
name the first signal, Liu et al. 2020 the second).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_softmax, logsumexp
from sklearn.linear_model import LogisticRegression

SHARE = 0.015  # of unknown texts that is expected where no example says how many there are
FEWEST = 8  # unknown texts below which nothing can be learnt
STRENGTH = 1.0  # C of the regression
NEAR, DRIFT, LEVEL = (
    4.0,
    -4.0,
    2.5,
)  # what counts where nothing could be learnt: likeness, strange words, and a constant


def signals(scores: np.ndarray, logits: np.ndarray, near: np.ndarray, drift: np.ndarray) -> np.ndarray:
    """(n, heads + 5) from (heads, n, labels) scores, (n, labels) logits, (n,) likeness to the nearest, (n,) drift."""
    ordered = np.sort(log_softmax(logits, axis=1), axis=1)
    best = np.minimum(ordered[:, -1], -1e-6)
    odds = best - np.log(-np.expm1(best))
    margin = ordered[:, -1] - ordered[:, -2]
    tops = scores.max(axis=2).T
    return np.column_stack([odds, logsumexp(logits, axis=1), margin, near, drift, tops])


@dataclass(frozen=True, slots=True)
class Detector:
    """P(known) = expit(signals @ weights + bias)."""

    weights: np.ndarray
    bias: float

    def known(self, found: np.ndarray) -> np.ndarray:
        """(n,) probabilities."""
        return np.asarray(expit(found @ self.weights + self.bias))


def fallback(count: int) -> Detector:
    """Of `count` signals, those that mean the same for every desk, weighed by rule of thumb."""
    weights = np.zeros(count)
    weights[3], weights[4] = NEAR, DRIFT
    return Detector(weights, LEVEL)


def learn_detector(found: np.ndarray, known: np.ndarray, trust: np.ndarray, share: float) -> Detector:
    """`found` (n, k) signals, `known` (n,) if each text was, `trust` (n,) weights; `share` of unknown to expect."""
    if (~known).sum() < FEWEST or known.sum() < FEWEST:
        return fallback(found.shape[1])
    centre, spread = found.mean(axis=0), found.std(axis=0) + 1e-6
    weights = np.where(known, trust / trust[known].sum(), trust / trust[~known].sum()) * len(known) / 2
    machine = LogisticRegression(C=STRENGTH, max_iter=500).fit((found - centre) / spread, known, sample_weight=weights)
    slope = machine.coef_[0] / spread
    return Detector(slope, float(machine.intercept_[0] - centre @ slope + np.log((1 - share) / share)))
