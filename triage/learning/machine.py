"""Everything that was learnt, put together: from examples to calibrated numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import softmax

from triage.learning.examples import Examples
from triage.learning.heads import Head
from triage.learning.kernel import Kernel, likeness
from triage.learning.stacking import mix
from triage.learning.terms import Marked, Terms
from triage.learning.unknown import Detector, signals


@dataclass(frozen=True, slots=True)
class Answers:
    """Of n texts: `chances` (n, labels) given that they are about a topic, `known` (n,) that they are, `drift` (n,)."""

    chances: np.ndarray
    known: np.ndarray
    drift: np.ndarray


@dataclass(frozen=True, slots=True)
class Machine:
    """`heads` are linear, on terms, word vectors and encoders; `centres` (labels, d) the mean vector of each label."""

    terms: Terms
    heads: tuple[Head, ...]
    kernel: Kernel | None
    mixture: np.ndarray
    detector: Detector
    centres: np.ndarray

    def answer(self, examples: Examples, marked: csr_matrix, drift: np.ndarray) -> Answers:
        """`marked` and `drift` are what `terms` made of the texts."""
        scores, near = self.scores(marked, examples)
        logits = mix(scores, self.mixture)
        known = self.detector.known(signals(scores, logits, near, drift))
        return Answers(softmax(logits, axis=1), known, drift)

    def answer_one(self, marked: Marked, examples: Examples) -> tuple[np.ndarray, float, float]:
        """The same for a single text: (labels,) probabilities, known and drift."""
        drift = 1 - marked.seen / marked.total if marked.total else 1.0
        begin = np.array([0, len(marked.columns)])
        row = csr_matrix((marked.values, marked.columns, begin), shape=(1, self.terms.size))
        answers = self.answer(examples, row, np.array([drift]))
        return answers.chances[0], float(answers.known[0]), drift

    def scores(self, marked: csr_matrix, examples: Examples) -> tuple[np.ndarray, np.ndarray]:
        """(heads, n, labels) and (n,) the likeness to the nearest label."""
        found = [self.heads[0].scores(marked), self.heads[1].scores(examples.words)]
        if examples.dense:
            found.append(self.heads[2].scores(np.hstack(examples.dense)))
        if self.kernel is not None:
            near = likeness(examples.dense, self.kernel.support)
            found.append(self.kernel.linear.scores(marked) + near @ self.kernel.pull)
        return np.stack(found), nearness(examples.vectors(), self.centres)


def nearness(vectors: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(n,) cosine of each vector with the nearest centre."""
    return np.asarray((vectors @ centres.T).max(axis=1))


def centres_of(vectors: np.ndarray, targets: np.ndarray, count: int) -> np.ndarray:
    """(labels, d) unit vectors; 0 for a label without examples."""
    member = csr_matrix((np.ones(len(targets)), (targets, np.arange(len(targets)))), shape=(count, len(targets)))
    sums = member @ vectors
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12), dtype=np.float32)
