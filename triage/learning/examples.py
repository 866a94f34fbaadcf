"""Texts as the numbers that heads learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from triage.learning import encoders, static
from triage.learning.kinds import PipelineUnavailable

LONGEST = 8000  # characters of a text that are read: beyond it, a message does not become clearer
ENCODED = 1500  # and that the encoders of the full pipeline read
PIPELINES = ("light", "full")


def cut(text: str) -> str:
    """What is read of a text."""
    return text[:LONGEST]


def check_pipeline(pipeline: str) -> None:
    if pipeline not in PIPELINES:
        raise PipelineUnavailable(f"there is no pipeline {pipeline!r}; there are light and full")


def encoded(texts: Sequence[str]) -> tuple[np.ndarray, ...]:
    """What each encoder of the full pipeline makes of the texts: (n, 384) and (n, 512), rows of length 1."""
    short = [text[:ENCODED].encode("utf-8", "replace").decode() for text in texts]  # half a surrogate pair has no code
    return encoders.minilm(short), encoders.use3(short)


@dataclass(frozen=True, slots=True)
class Examples:
    """n texts, cut to size; `words` (n, 256) their static vectors, `dense` one (n, d) array for each encoder."""

    texts: list[str]
    words: np.ndarray
    dense: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, texts: Sequence[str], pipeline: str) -> Examples:
        """Raises PipelineUnavailable."""
        check_pipeline(pipeline)
        short = [cut(text) for text in texts]
        return cls(short, static.embed(short), encoded(short) if pipeline == "full" else ())

    def take(self, rows: np.ndarray) -> Examples:
        return Examples([self.texts[at] for at in rows], self.words[rows], tuple(each[rows] for each in self.dense))

    def vectors(self) -> np.ndarray:
        """(n, d) float32 rows of length 1: near means alike in meaning."""
        if not self.dense:
            return self.words
        return np.asarray(np.hstack(self.dense) / np.sqrt(len(self.dense)), dtype=np.float32)

    def __len__(self) -> int:
        return len(self.texts)
