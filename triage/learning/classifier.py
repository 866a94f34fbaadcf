"""A trained classifier: from a text to its label, with probability and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_matrix

from triage.learning import ordinal
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

    def _read_part(self, texts: Sequence[str], reasons: int) -> list[Reading]:
        examples = Examples.of(texts, self.pipeline)
        marked, drift = self.machine.terms.mark_many(examples.texts)
        answers = self.machine.answer(examples, marked, drift)
        decided = self.decide(answers.chances)
        found = []
        for at, text in enumerate(examples.texts):
            one = _row(marked, at) if reasons else None
            told = float(answers.known[at]), float(drift[at])
            found.append(self._told(text, one, answers.chances[at], int(decided[at]), *told, reasons))
        return found

    def _reading(
        self, text: str, marked: Marked, chances: np.ndarray, known: float, drift: float, reasons: int
    ) -> Reading:
        best = int(chances.argmax()) if self.cuts is None else int(self.decide(chances[None])[0])
        return self._told(text, marked, chances, best, known, drift, reasons)

    def _told(
        self, text: str, marked: Marked | None, chances: np.ndarray, best: int, known: float, drift: float, reasons: int
    ) -> Reading:
        if not is_readable(text):
            return NOTHING
        order = np.argsort(-chances)[:3] if len(chances) < 32 else _best_three(chances)
        top = tuple((self.labels[at], float(chances[at]) * known) for at in order)
        why = explain(self.machine, text, marked, contrast(chances, best), reasons) if marked and reasons else ()
        return Reading(self.labels[best], float(chances[best]) * known, known, top, why, drift)


def is_readable(text: str) -> bool:
    """Has it anything that could be a word?"""
    return any(map(str.isalnum, text))


def _best_three(chances: np.ndarray) -> np.ndarray:
    some = np.argpartition(-chances, 3)[:3]
    return np.asarray(some[np.argsort(-chances[some])])


def _row(marked: csr_matrix, at: int) -> Marked:
    begin, end = marked.indptr[at], marked.indptr[at + 1]
    return Marked(marked.indices[begin:end], marked.data[begin:end], 0, 0)
