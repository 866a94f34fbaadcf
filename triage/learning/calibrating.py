"""From how sure a classifier feels to how often it is right.

Beta calibration (Kull, Silva Filho and Flach 2017): the log-odds of being right are a ln(p) - b ln(1 - p) + c. It mends
what one temperature cannot, such as too much doubt in the middle and too little at the top.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

CERTAIN = 1e-6
PRIOR = 10.0  # strength of the belief that nothing needs mending


@dataclass(frozen=True, slots=True)
class Calibration:
    """`shape` is (a, b, c)."""

    shape: np.ndarray

    def raised(self, odds: float) -> Calibration:
        """The same, surer by so many log-odds."""
        return Calibration(self.shape + np.array([0.0, 0.0, odds]))

    def __call__(self, sure: np.ndarray) -> np.ndarray:
        """(n,) probabilities of being right."""
        return np.asarray(expit(_sides(sure) @ self.shape))


UNCHANGED = Calibration(np.array([1.0, 1.0, 0.0]))


def _sides(sure: np.ndarray) -> np.ndarray:
    held = np.clip(sure, CERTAIN, 1 - CERTAIN)
    return np.column_stack([np.log(held), -np.log1p(-held), np.ones(len(held))])


def learn_calibration(sure: np.ndarray, right: np.ndarray) -> Calibration:
    """From (n,) how sure, and (n,) whether right. Never decreasing: a and b are not negative."""
    sides, start = _sides(sure), UNCHANGED.shape

    def loss(shape: np.ndarray) -> tuple[float, np.ndarray]:
        odds = sides @ shape
        away = shape - start
        value = (np.logaddexp(0, odds) - right * odds).sum() + PRIOR / 2 * away @ away
        return float(value), sides.T @ (expit(odds) - right) + PRIOR * away

    bounds = [(0, None), (0, None), (None, None)]
    return Calibration(np.asarray(minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x))
