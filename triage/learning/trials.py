"""A fair trial of the pipelines on labelled files: learn from some, answer others, and count."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from triage.learning.classifier import Classifier
from triage.learning.evaluating import evaluate
from triage.learning.fitting import fit
from triage.learning.kinds import NotEnoughData, Progress
from triage.learning.storing import save
from triage.learning.tables import BadTable, Table

SINGLE, BATCH = 200, 5000  # texts that are timed
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with their labels, both n long."""

    texts: list[str]
    labels: list[str]

    def where(self, keep: Sequence[bool]) -> Labelled:
        rows = [at for at, kept in enumerate(keep) if kept]
        return Labelled([self.texts[at] for at in rows], [self.labels[at] for at in rows])


def labelled(tables: Sequence[Table], text: Sequence[str], label: str) -> Labelled:
    """All rows of the tables that have a label. Raises BadTable."""
    texts = [each for table in tables for each in table.texts(text)]
    labels = [each for table in tables for each in table.column(label)]
    found = Labelled(texts, labels)
    kept = found.where([bool(each) for each in labels])
    if not kept.labels:
        raise BadTable(f"column {label!r} of {tables[0].name} has no value in any row")
    return kept


@dataclass(frozen=True, slots=True)
class Trial:
    """`oos` is the label of texts about none of the topics, `order` the ordinal labels from low to high."""

    train: Labelled
    test: Labelled
    pipeline: str = "light"
    order: tuple[str, ...] | None = None
    oos: str | None = None
    shots: int | None = None
    seed: int = 0

    def run(self, progress: Progress) -> dict[str, float]:
        """Scores, and what they cost. Raises NotEnoughData, ForeignLabel and PipelineUnavailable."""
        train = self._learnt()
        began = time.perf_counter()
        made = fit(
            train.texts, train.labels, pipeline=self.pipeline, order=self.order, progress=progress, seed=self.seed
        )
        seconds = time.perf_counter() - began
        inside = self.test.where([label != self.oos for label in self.test.labels])
        outside = self.test.where([label == self.oos for label in self.test.labels])
        if not inside.texts:
            raise NotEnoughData("needs at least 1 test row about one of the topics; has 0")
        progress(1.0, "answering")
        scores = evaluate(made, inside.texts, inside.labels, oos=outside.texts or None, order=self.order)
        progress(1.0, "measuring speed and size")
        return {**scores, **self._counts(train, inside, outside, made), **_costs(made, inside.texts, seconds)}

    def _learnt(self) -> Labelled:
        kept = self.train.where([label != self.oos for label in self.train.labels])
        return kept if self.shots is None else few_of_each(kept, self.shots, self.seed)

    def _counts(self, train: Labelled, inside: Labelled, outside: Labelled, made: Classifier) -> dict[str, float]:
        known = set(made.labels)
        return {
            "train_rows": len(train.texts),
            "test_rows": len(inside.texts),
            "oos_rows": len(outside.texts),
            "labels": len(known),
            "test_rows_of_unseen_labels": sum(label not in known for label in inside.labels),
            "threshold": made.threshold,
        }


def few_of_each(train: Labelled, shots: int, seed: int) -> Labelled:
    """At most so many examples of each label, drawn at random."""
    taken: dict[str, int] = {}
    keep = [False] * len(train.labels)
    for at in np.random.default_rng(seed).permutation(len(train.labels)).tolist():
        label = train.labels[at]
        taken[label] = taken.get(label, 0) + 1
        keep[at] = taken[label] <= shots
    return train.where(keep)


def _costs(made: Classifier, texts: Sequence[str], seconds: float) -> dict[str, float]:
    made.read(texts[0])  # whatever is loaded once
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.skops"
        save(made, path, card={})
        size = path.stat().st_size
    return {
        "train_seconds": round(seconds, 3),
        "us_single": round(_microseconds_single(made, texts[:SINGLE]), 1),
        "us_batch": round(_microseconds_batch(made, texts[:BATCH]), 1),
        "artifact_bytes": size,
    }


def _microseconds_single(made: Classifier, texts: Sequence[str]) -> float:
    """Of one message read on its own, with reasons: the median."""
    taken = []
    for text in texts:
        began = time.perf_counter()
        made.read(text)
        taken.append(time.perf_counter() - began)
    return median(taken) * 1e6


def _microseconds_batch(made: Classifier, texts: Sequence[str]) -> float:
    """Of each message when many are read at once, without reasons: the best round."""
    rounds = []
    for _ in range(ROUNDS if made.pipeline == "light" else 1):
        began = time.perf_counter()
        made.read_many(texts)
        rounds.append(time.perf_counter() - began)
    return min(rounds) / len(texts) * 1e6
