"""Figures that say how good answers are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

from triage.learning.kinds import Reading
from triage.learning.ordinal import kappa

BINS = 15
WANTED = 0.95  # share of right answers that a threshold is set for
REFUSED = 0.05  # share of known texts that may be taken for unknown when unknown ones are counted


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers to n texts: labels (None: no answer), probabilities, known, and whether the truth is in the top three.

    `rows` are the positions of the texts in what was asked.
    """

    rows: np.ndarray
    labels: tuple[str | None, ...]
    probabilities: np.ndarray
    known: np.ndarray
    in_top: np.ndarray

    @classmethod
    def of(cls, readings: Sequence[Reading], truth: Sequence[str]) -> Answered:
        return cls(
            np.arange(len(readings)),
            tuple(reading.label for reading in readings),
            np.array([reading.probability for reading in readings]),
            np.array([reading.known for reading in readings]),
            np.array(
                [wanted in dict(reading.top) for reading, wanted in zip(readings, truth, strict=True)], dtype=bool
            ),
        )


def figures(answered: Answered, truth: Sequence[str], order: Sequence[str] | None) -> dict[str, float]:
    """accuracy, macro_f1, top3, ece, coverage_at_95, and qwk for ordinal labels; of the rows answered."""
    if not len(truth):
        return {}
    right = np.array([found == wanted for found, wanted in zip(answered.labels, truth, strict=True)])
    sure = answered.probabilities
    answers = [label if label is not None else "\0none" for label in answered.labels]
    found = {
        "accuracy": float(right.mean()),
        "macro_f1": float(f1_score(truth, answers, labels=sorted(set(truth)), average="macro", zero_division=0)),
        "top3": float(answered.in_top.mean()),
        "ece": calibration_error(sure, right),
        "coverage_at_95": coverage(sure, right),
    }
    return found | ({"qwk": _weighted_kappa(answered.labels, truth, order)} if order else {})


def calibration_error(sure: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error, 15 bins of equal width (Naeini et al. 2015)."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(np.abs(np.bincount(bins, weights=sure - right, minlength=BINS)).sum() / len(sure))


def coverage(sure: np.ndarray, right: np.ndarray) -> float:
    """The largest share that can be answered, surest first, with 95 % of it right."""
    good = _good(sure, right)
    return float((good[-1] + 1) / len(right)) if len(good) else 0.0


def threshold(sure: np.ndarray, right: np.ndarray) -> float:
    """The probability from which on 95 % were right; 1 if there is none."""
    good = _good(sure, right)
    return float(np.sort(sure)[::-1][good[-1]]) if len(good) else 1.0


def _good(sure: np.ndarray, right: np.ndarray) -> np.ndarray:
    ordered = right[np.argsort(-sure, kind="stable")]
    return np.flatnonzero(np.cumsum(ordered) >= WANTED * np.arange(1, len(ordered) + 1))


def _weighted_kappa(labels: Sequence[str | None], truth: Sequence[str], order: Sequence[str]) -> float:
    rank = {name: at for at, name in enumerate(order)}
    both = [
        (rank[wanted], rank[label])
        for label, wanted in zip(labels, truth, strict=True)
        if label in rank and wanted in rank
    ]
    pairs = np.array(both or [(0, 0)])
    return kappa(pairs[:, 0], pairs[:, 1])


def unknown_figures(known: np.ndarray, unknown: np.ndarray) -> dict[str, float]:
    """From P(known) of texts about a topic, and of texts about none: how well they are told apart.

    oos_recall is the share of unknown texts found where 5 % of the known ones are taken for unknown.
    """
    truth = np.concatenate([np.ones(len(known)), np.zeros(len(unknown))])
    return {
        "oos_auroc": float(roc_auc_score(truth, np.concatenate([known, unknown]))),
        "oos_recall": float((unknown < np.quantile(known, REFUSED)).mean()),
    }
