"""How good a classifier is, on texts that it has not learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score, f1_score, roc_auc_score
from sklearn.model_selection import KFold

from triage.learning.classifier import Classifier
from triage.learning.fitting import fit
from triage.learning.kinds import Progress, Reading


def evaluate(
    classifier: Classifier,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    oos: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
) -> dict[str, float]:
    """Scores of `classifier` on labelled texts; `oos` are texts about none of its labels."""
    scores = _scores(classifier.read_many(texts), labels, order)
    return scores | (_unknown_scores(classifier, texts, oos) if oos else {})


def _scores(readings: Sequence[Reading], labels: Sequence[str], order: Sequence[str] | None) -> dict[str, float]:
    right = np.array([reading.label == label for reading, label in zip(readings, labels, strict=True)])
    sure = np.array([reading.probability for reading in readings])
    top = [label in [name for name, _ in reading.top] for reading, label in zip(readings, labels, strict=True)]
    answers = [reading.label or "" for reading in readings]
    found = {
        "accuracy": float(right.mean()),
        "macro_f1": float(f1_score(labels, answers, average="macro", labels=sorted(set(labels)), zero_division=0)),
        "top3": float(np.mean(top)),
        "ece": _ece(sure, right),
        "coverage_at_95": _coverage(sure, right),
    }
    if order:
        rank = {name: at for at, name in enumerate(order)}
        found["qwk"] = float(
            cohen_kappa_score([rank[x] for x in labels], [rank.get(x, 0) for x in answers], weights="quadratic")
        )
    return found


def _ece(sure: np.ndarray, right: np.ndarray) -> float:
    bins = np.minimum((sure * 15).astype(int), 14)
    return float(sum(abs((sure - right)[bins == b].sum()) for b in range(15)) / len(sure))


def _coverage(sure: np.ndarray, right: np.ndarray) -> float:
    ordered = right[np.argsort(-sure, kind="stable")]
    good = np.flatnonzero(np.cumsum(ordered) / np.arange(1, len(ordered) + 1) >= 0.95)
    return float((good[-1] + 1) / len(ordered)) if len(good) else 0.0


def _unknown_scores(classifier: Classifier, texts: Sequence[str], oos: Sequence[str]) -> dict[str, float]:
    known = np.array([reading.probability for reading in classifier.read_many(texts)])
    unknown = np.array([reading.probability for reading in classifier.read_many(oos)])
    truth = np.r_[np.zeros(len(known)), np.ones(len(unknown))]
    return {
        "oos_auroc": float(roc_auc_score(truth, -np.r_[known, unknown])),
        "oos_recall": float((unknown < np.quantile(known, 0.05)).mean()),
    }


def cross_validate(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    pipeline: str = "light",
    descriptions: Mapping[str, str] | None = None,
    order: Sequence[str] | None = None,
    groups: Sequence[object] | None = None,
    folds: int = 5,
    progress: Progress | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Scores of classifiers that never saw what they are asked about.

    `scores` as from `evaluate`; `labels`, `probabilities` and `known` hold one answer for each row of `texts`.
    """
    readings: list[Reading | None] = [None] * len(texts)
    for train, held in KFold(folds, shuffle=True, random_state=seed).split(texts):
        found = fit(
            [texts[at] for at in train],
            [labels[at] for at in train],
            pipeline=pipeline,
            descriptions=descriptions,
            order=order,
            progress=progress,
            seed=seed,
        )
        for at, reading in zip(held, found.read_many([texts[at] for at in held]), strict=True):
            readings[at] = reading
    answers = [reading for reading in readings if reading is not None]
    return {
        "scores": _scores(answers, labels, order),
        "labels": [reading.label for reading in answers],
        "probabilities": [reading.probability for reading in answers],
        "known": [reading.known for reading in answers],
    }
