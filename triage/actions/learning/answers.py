"""What models say of rows that they have not learnt: the only fair ground for scores and comparisons."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from triage.actions.learning.lessons import Lessons, Row
from triage.trust.statistics import calibration, wilson

if TYPE_CHECKING:
    from triage.learning import Classifier, Reading
    from triage.learning.kinds import Progress

FEW = 2_000  # rows; more are cut into three parts in place of five
MANY = 20_000  # rows; of more, one part alone is held out: it is large enough to tell, and time matters
CURVE = (0.1, 0.25, 0.5, 1.0)  # shares of the rows that the learning curve is drawn from


@dataclass(frozen=True, slots=True)
class Answer:
    """`label` as the model says it, with the probability it gives it; `sure`: it would have decided alone."""

    label: str | None
    probability: float
    sure: bool
    drift: float = 0.0

    def is_right(self, truth: str | None) -> bool:
        """About none of the topics: right is not to decide."""
        return not self.sure if truth is None else self.label == truth


def answer_of(reading: Reading, threshold: float) -> Answer:
    return Answer(reading.label, reading.probability, reading.probability >= threshold, reading.drift)


def folds_of(rows: Sequence[Row]) -> np.ndarray:
    """(n,) int: the part that each row is held out in. The same text is always in the same part; each label is spread
    over all of them. Depends on nothing but the rows, so that a training can be repeated."""
    count = 5 if len(rows) <= FEW else 3
    by_label: dict[str | None, dict[str, list[int]]] = {}
    for at, row in enumerate(rows):
        mark = hashlib.sha256(" ".join(row.text.lower().split()).encode()).hexdigest()
        by_label.setdefault(row.label, {}).setdefault(mark, []).append(at)
    parts = np.zeros(len(rows), dtype=int)
    for shift, label in enumerate(sorted(by_label, key=str)):
        for place, mark in enumerate(sorted(by_label[label])):
            parts[by_label[label][mark]] = (place + shift) % count
    return parts


def learn(rows: Sequence[Row], lessons: Lessons, pipeline: str, progress: Progress | None = None) -> Classifier:
    """Raises NotEnoughData, PipelineUnavailable and whatever `progress` raises."""
    from triage.learning import fit

    texts, labels = [row.text for row in rows], [row.label for row in rows]
    return fit(texts, labels, pipeline=pipeline, descriptions=lessons.descriptions, progress=progress)


def held_out(lessons: Lessons, pipeline: str, progress: Progress) -> dict[str, Answer]:
    """An answer for each row by its key, from a model that learnt from the other parts; for many rows, for one part."""
    parts = folds_of(lessons.rows)
    found: dict[str, Answer] = {}
    names = sorted(set(parts.tolist()))[: 1 if len(lessons.rows) > MANY else None]
    for done, part in enumerate(names):
        train = [row for row, at in zip(lessons.rows, parts, strict=True) if at != part]
        held = [row for row, at in zip(lessons.rows, parts, strict=True) if at == part]
        model = learn(train, lessons, pipeline, _slice(progress, done / len(names), (done + 1) / len(names)))
        found |= {row.key: answer for row, answer in zip(held, asked(model, held), strict=True)}
    return found


def asked(model: Classifier, rows: Sequence[Row]) -> list[Answer]:
    """What a model says of rows."""
    if not rows:
        return []
    return [answer_of(reading, model.threshold) for reading in model.read_many([row.text for row in rows])]


def curve(lessons: Lessons, pipeline: str, progress: Progress) -> list[dict[str, float]]:
    """How accuracy on one held-out part grows with the rows that are learnt from: [{rows, tested,
    accuracy, low, high}]."""
    parts = folds_of(lessons.rows)
    test = [row for row, part in zip(lessons.rows, parts, strict=True) if part == 0 and row.label is not None]
    rest = [row for row, part in zip(lessons.rows, parts, strict=True) if part != 0]
    rest.sort(key=lambda row: hashlib.sha256(row.text.encode()).digest())
    found = []
    for done, share in enumerate(CURVE):
        train = rest[: math.ceil(share * len(rest))]
        if len(train) < 10 or len(test) < 10:
            continue
        model = learn(train, lessons, pipeline, _slice(progress, done / len(CURVE), (done + 1) / len(CURVE)))
        right = sum(answer.label == row.label for row, answer in zip(test, asked(model, test), strict=True))
        low, high = wilson(right, len(test))
        accuracy = right / len(test)
        found.append({"rows": len(train), "tested": len(test), "accuracy": accuracy, "low": low, "high": high})
    return found


def scores(rows: Sequence[Row], answers: Mapping[str, Answer]) -> dict[str, Any]:
    """How good held-out answers are, over the rows that are about a topic: shares from 0 to 1."""
    about = [row for row in rows if row.label is not None and row.key in answers]
    if not about:
        return {"rows": 0}
    right = [answers[row.key].is_right(row.label) for row in about]
    sure = [answers[row.key].probability for row in about]
    alone = [is_right for row, is_right in zip(about, right, strict=True) if answers[row.key].sure]
    low, high = wilson(sum(right), len(right))
    none = [answers[row.key] for row in rows if row.label is None and row.key in answers]
    return {
        "rows": len(about),
        "accuracy": sum(right) / len(right),
        "low": low,
        "high": high,
        "majority": majority(about),
        "ece": calibration(sure, right).ece,
        "decided": len(alone) / len(about),
        "decided_right": sum(alone) / len(alone) if alone else None,
        "unknown_left": sum(not answer.sure for answer in none) / len(none) if none else None,
        "topics": _by_topic(about, answers),
        "drift": [round(float(x), 4) for x in np.quantile([answers[row.key].drift for row in about], _TENTHS)],
    }


_TENTHS = [at / 10 for at in range(1, 10)]


def majority(rows: Sequence[Row]) -> float:
    """The share of the commonest label: what somebody gets right who always says the same."""
    counts: dict[str | None, int] = {}
    for row in rows:
        counts[row.label] = counts.get(row.label, 0) + 1
    return max(counts.values()) / len(rows)


def _by_topic(rows: Sequence[Row], answers: Mapping[str, Answer]) -> dict[str, dict[str, int]]:
    """Of each label: how many rows are about it, how many were said to be, and how many of these rightly."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        said = answers[row.key].label
        for label, name in ((row.label, "rows"), (said, "said"), (row.label if said == row.label else None, "right")):
            if label is not None:
                counts = found.setdefault(label, {"rows": 0, "said": 0, "right": 0})
                counts[name] += 1
    return found


def _slice(progress: Progress, begin: float, end: float) -> Progress:
    """The progress of one step among several."""
    return lambda share, what: progress(begin + share * (end - begin), what)
