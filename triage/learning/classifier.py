"""A trained classifier: from a text to its label, with probability and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_matrix

from triage.learning import ordinal
from triage.learning.calibrating import UNCHANGED, Calibration
from triage.learning.examples import Examples
from triage.learning.explaining import contrast, explain
from triage.learning.kinds import Reading
from triage.learning.machine import Machine
from triage.learning.scoring import Answered
from triage.learning.terms import Marked

AT_ONCE = 512  # texts whose numbers are in memory together
NOTHING = Reading(None, 0.0, 0.0, (), (), 1.0)


@dataclass(frozen=True, eq=False)
class Classifier:
    """Immutable; made by `fit` or `load`.

    `labels` are the taxonomy, in a fixed order (ordinal ones from low to high); `pipeline` is "light" or "full";
    `threshold` is the probability from which 95 % of the answers were right in cross-validation. `cuts` (labels - 1,)
    are there for ordinal labels only. `checked` is what cross-validation answered, if it was trained in this process.
    """

    labels: tuple[str, ...]
    pipeline: str
    threshold: float
    machine: Machine
    calibration: Calibration = UNCHANGED
    cuts: np.ndarray | None = None
    checked: Answered | None = field(default=None, repr=False)

    def read(self, text: str, *, reasons: int = 5) -> Reading:
        """Read one message, with up to `reasons` of its words that weighed most."""
        examples = Examples.of([text], self.pipeline)
        if not is_readable(examples.texts[0]):
            return NOTHING
        marked = self.machine.terms.mark(examples.texts[0])
        answers = self.machine.answer_one(marked, examples)
        return self._reading(examples.texts[0], marked, *answers, reasons)

    def read_many(self, texts: Sequence[str], *, reasons: int = 0) -> list[Reading]:
        """Read many messages at once; answers stand in the order of `texts`."""
        found: list[Reading] = []
        for begin in range(0, len(texts), AT_ONCE):
            found += self._read_part(texts[begin : begin + AT_ONCE], reasons)
        return found

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """(n, d) float32, each row of length 1 (or 0 for a text without words): near means alike in meaning."""
        return Examples.of(texts, self.pipeline).vectors()

    def decide(self, chances: np.ndarray) -> np.ndarray:
        """(n,) numbers of labels for (n, labels) probabilities."""
        return chances.argmax(axis=1) if self.cuts is None else ordinal.ranked(chances, self.cuts)

    def sure(self, chances: np.ndarray, known: np.ndarray) -> np.ndarray:
        """(n,) calibrated probabilities, from those of the labels decided on and (n,) P(known)."""
        return self.calibration(chances * known)

    def _read_part(self, texts: Sequence[str], reasons: int) -> list[Reading]:
        examples = Examples.of(texts, self.pipeline)
        marked, drift = self.machine.terms.mark_many(examples.texts)
        answers = self.machine.answer(examples, marked, drift)
        decided = self.decide(answers.chances)
        sure = self.sure(answers.chances[np.arange(len(texts)), decided], answers.known)
        found = []
        for at, text in enumerate(examples.texts):
            one = _row(marked, at) if reasons else None
            told = float(sure[at]), float(answers.known[at]), float(drift[at])
            found.append(self._told(text, one, answers.chances[at], int(decided[at]), *told, reasons))
        return found

    def _reading(
        self, text: str, marked: Marked, chances: np.ndarray, known: float, drift: float, reasons: int
    ) -> Reading:
        best = int(self.decide(chances[None])[0])
        sure = float(self.sure(chances[best : best + 1], np.array([known]))[0])
        return self._told(text, marked, chances, best, sure, known, drift, reasons)

    def _told(
        self,
        text: str,
        marked: Marked | None,
        chances: np.ndarray,
        best: int,
        sure: float,
        known: float,
        drift: float,
        reasons: int,
    ) -> Reading:
        if not is_readable(text):
            return NOTHING
        # What the label won or lost by calibration, the others lose or win.
        left = max(0.0, known - sure) / max(1 - float(chances[best]), 1e-9)
        shares = [(at, sure if at == best else min(sure, float(chances[at]) * left)) for at in _best_three(chances)]
        top = tuple((self.labels[at], share) for at, share in sorted(shares, key=lambda each: -each[1]))
        why = explain(self.machine, text, marked, contrast(chances, best), reasons) if marked and reasons else ()
        return Reading(self.labels[best], sure, known, top, why, drift)


def is_readable(text: str) -> bool:
    """Has it anything that could be a word?"""
    return any(map(str.isalnum, text))


def _best_three(chances: np.ndarray) -> list[int]:
    some = np.argpartition(-chances, 3)[:3] if len(chances) > 3 else np.arange(len(chances))
    return [int(at) for at in some[np.argsort(-chances[some])]]


def _row(marked: csr_matrix, at: int) -> Marked:
    begin, end = marked.indptr[at], marked.indptr[at + 1]
    return Marked(marked.indices[begin:end], marked.data[begin:end], 0, 0)
