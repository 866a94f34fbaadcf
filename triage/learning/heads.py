"""Linear heads: each scores every label for a text, from one kind of numbers."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from triage.learning.examples import Examples
from triage.learning.terms import Terms, learn

SVC_C = 0.5
LOGISTIC_C = 30.0
ABSENT = -2.0  # the score of a label that had no example, on the scale of decision values


@dataclass(frozen=True, slots=True)
class Head:
    """Scores are `numbers @ weights + bias`: weights (features, labels), bias (labels,)."""

    weights: np.ndarray
    bias: np.ndarray

    def scores(self, numbers: np.ndarray | csr_matrix) -> np.ndarray:
        return np.asarray(numbers @ self.weights + self.bias)


@dataclass(frozen=True, slots=True)
class Heads:
    """What learnt from one set of examples: a head on terms, one on word vectors, and one on encoders if there are."""

    terms: Terms
    heads: tuple[Head, ...]

    def scores(self, examples: Examples) -> tuple[np.ndarray, np.ndarray]:
        """(heads, n, labels) scores, and (n,) drift: the share of features that training never saw."""
        marked, drift = self.terms.mark_many(examples.texts)
        numbers = [marked, examples.words, *_joined(examples)]
        return np.stack([head.scores(each) for head, each in zip(self.heads, numbers, strict=True)]), drift


def _joined(examples: Examples) -> list[np.ndarray]:
    return [np.hstack(examples.dense)] if examples.dense else []


def learn_heads(examples: Examples, targets: np.ndarray, count: int, seed: int) -> Heads:
    """Train every linear head on all of `examples`; `targets` (n,) are numbers below `count`."""
    terms = learn(examples.texts)
    marked, _ = terms.mark_many(examples.texts)
    heads = [_support_vectors(marked, targets, count, seed), _logistic(examples.words, targets, count)]
    heads += [_logistic(each, targets, count) for each in _joined(examples)]
    return Heads(terms, tuple(heads))


def _support_vectors(numbers: csr_matrix, targets: np.ndarray, count: int, seed: int) -> Head:
    machine = LinearSVC(C=SVC_C, random_state=seed)
    if not numbers.shape[1] or len(np.unique(targets)) < 2:
        return _constant(numbers.shape[1], targets, count)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(numbers, targets)
    return _spread(machine.coef_, machine.intercept_, machine.classes_, count)


def _logistic(numbers: np.ndarray, targets: np.ndarray, count: int) -> Head:
    if len(np.unique(targets)) < 2:
        return _constant(numbers.shape[1], targets, count)
    machine = LogisticRegression(C=LOGISTIC_C, max_iter=300, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(numbers, targets)
    return _spread(machine.coef_, machine.intercept_, machine.classes_, count)


def _constant(width: int, targets: np.ndarray, count: int) -> Head:
    bias = np.full(count, ABSENT, dtype=np.float32)
    bias[np.unique(targets)] = 0
    return Head(np.zeros((width, count), dtype=np.float32), bias)


def _spread(coefficients: np.ndarray, intercepts: np.ndarray, present: Sequence[int], count: int) -> Head:
    """One column for each label, also where the machine knows only two (one row for both) or never saw some."""
    if len(present) == 2:
        coefficients = np.vstack([-coefficients, coefficients])
        intercepts = np.array([-intercepts[0], intercepts[0]])
    weights = np.zeros((coefficients.shape[1], count), dtype=np.float32)
    bias = np.full(count, intercepts.min() + ABSENT, dtype=np.float32)
    weights[:, present], bias[present] = coefficients.T, intercepts
    return Head(weights, bias)
