"""A kernel machine over terms and encoders: the strongest head of the full pipeline.

A least-squares support vector machine (Suykens and Vandewalle 1999) on the sum of three kernels: linear on terms, and
one Gaussian for each encoder. Leaving rows out needs no new training: the answer of the machine that never saw the rows
B is y_B - inv(inv(M)_BB) a_B (Cawley and Talbot 2004), M being the kernel matrix plus the ridge, and a its solution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, lapack
from scipy.sparse import csr_matrix

from triage.learning.examples import Examples
from triage.learning.heads import Head

MOST = 16_000  # examples; the matrix of so many takes a gigabyte
RIDGE = 0.2
WIDTH = 3.0  # of the Gaussians: exp(WIDTH * (cosine - 1))
DENSE_WEIGHT = 2.0


@dataclass(frozen=True, slots=True)
class Kernel:
    """Scores of a text are its terms through `linear`, plus its likeness to each example times that one's `pull`.

    `support` holds one (n, d) array for each encoder, `pull` is (n, labels).
    """

    linear: Head
    support: tuple[np.ndarray, ...]
    pull: np.ndarray

    def scores(self, marked: csr_matrix, dense: tuple[np.ndarray, ...]) -> np.ndarray:
        return np.asarray(self.linear.scores(marked) + likeness(dense, self.support) @ self.pull)


def likeness(dense: tuple[np.ndarray, ...], support: tuple[np.ndarray, ...]) -> np.ndarray:
    """(n, examples) float32: the weighted sum of the Gaussians."""
    found = np.zeros((len(dense[0]), len(support[0])), dtype=np.float32)
    for one, other in zip(dense, support, strict=True):
        near = one @ other.T
        near -= 1
        near *= WIDTH
        found += np.exp(near, out=near)
    found *= DENSE_WEIGHT
    return found


class Solved:
    """A kernel machine with everything that answers "what if it had not seen these rows?"."""

    def __init__(self, examples: Examples, marked: csr_matrix, targets: np.ndarray, count: int) -> None:
        self.examples, self.marked = examples, marked
        self.wanted = np.full((len(targets), count), -1, dtype=np.float32)
        self.wanted[np.arange(len(targets)), targets] = 1
        self.bias = self.wanted.mean(axis=0)
        gram = likeness(examples.dense, examples.dense)
        gram += (marked @ marked.T).toarray() / 2
        gram[np.diag_indices(len(gram))] += RIDGE
        factor, lower = cho_factor(gram.T, lower=True, overwrite_a=True, check_finite=False)
        self.pull = cho_solve((factor, lower), self.wanted - self.bias, check_finite=False)
        self._inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)

    def kernel(self) -> Kernel:
        weights = np.asarray(self.marked.T @ self.pull / 2, dtype=np.float32)
        return Kernel(Head(weights, self.bias), self.examples.dense, self.pull)

    def without(self, rows: np.ndarray) -> np.ndarray:
        """(rows, labels) scores of these rows by the machine that learnt from all others."""
        block = self._inverse[np.ix_(rows, rows)]
        block = np.tril(block) + np.tril(block, -1).T  # only the lower half of the inverse is filled
        away = np.linalg.solve(block.astype(np.float64), self.pull[rows])
        return np.asarray(self.wanted[rows] - away, dtype=np.float32)
