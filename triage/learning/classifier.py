"""A trained classifier: from a text to its label, with probability and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import softmax

from triage.learning.kinds import Reading, Reason

LONGEST = 4000  # characters that are read of a text


class Classifier:
    """Immutable; made by `fit` or `load`.

    `labels` are the taxonomy in a fixed order, `pipeline` is "light" or "full", and `threshold` is the probability
    from which 95 % of the answers were right in cross-validation.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state
        self.labels: tuple[str, ...] = tuple(state["labels"])
        self.pipeline: str = state["pipeline"]
        self.threshold: float = float(state["threshold"])
        self.order: tuple[str, ...] | None = tuple(state["order"]) if state["order"] else None

    def read(self, text: str, *, reasons: int = 5) -> Reading:
        """Read one message, with up to `reasons` of its words that weighed most."""
        return self.read_many([text], reasons=reasons)[0]

    def read_many(self, texts: Sequence[str], *, reasons: int = 0) -> list[Reading]:
        """Read many messages at once; answers stand in the order of `texts`."""
        if not texts:
            return []
        features = self._features(texts)
        probabilities = softmax(self._scores(features) / self.state["temperature"], axis=1)
        return [self._reading(row, features[at], reasons) for at, row in enumerate(probabilities)]

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """(n, labels) probabilities, given that each text is about one of the labels."""
        return np.asarray(softmax(self._scores(self._features(texts)) / self.state["temperature"], axis=1))

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """(n, d) float32, each row of length 1 (or 0 for a text without known words): near means alike."""
        reduced = self._features(texts) @ self.state["projection"]
        norms = np.linalg.norm(reduced, axis=1, keepdims=True)
        return np.asarray(reduced / np.maximum(norms, 1e-12), dtype=np.float32)

    def _features(self, texts: Sequence[str]) -> csr_matrix:
        return self.state["vectorizer"].transform([text[:LONGEST] for text in texts]).tocsr()

    def _scores(self, features: csr_matrix) -> np.ndarray:
        return np.asarray(features @ self.state["weights"].T + self.state["bias"])

    def _reading(self, row: np.ndarray, features: csr_matrix, reasons: int) -> Reading:
        if not features.nnz:
            return Reading(None, 0.0, 0.0, (), (), 1.0)
        best = np.argsort(-row)[:3]
        top = tuple((self.labels[at], float(row[at])) for at in best)
        return Reading(top[0][0], top[0][1], 1.0, top, self._reasons(int(best[0]), features, reasons), 0.0)

    def _reasons(self, label: int, features: csr_matrix, count: int) -> tuple[Reason, ...]:
        if not count:
            return ()
        weights = self.state["weights"]
        names = self.state["names"]
        pulls = features.data * (weights[label] - weights.mean(axis=0))[features.indices] / self.state["temperature"]
        order = np.argsort(-np.abs(pulls))
        words = [(names[features.indices[at]], float(pulls[at])) for at in order]
        return tuple(Reason(word, weight) for word, weight in words if word)[:count]
