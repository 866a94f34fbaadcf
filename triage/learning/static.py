"""Word vectors without a network: a text is the mean of the vectors of its word pieces.

Each of the 30,522 pieces went through MiniLM alone; the result was reduced to 256 numbers by principal components and
weighted by how common the piece is (the recipe of model2vec, Tulkens and van Dongen 2024; the weights are those of
Arora et al. 2017). It costs some 20 microseconds a message, and knows that an invoice is like a bill.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np

from triage.learning.wordpiece import END, START, pieces, vocabulary

TABLE = Path(__file__).parent / "data" / "static256.npz"
SIZE = 256
SMOOTHING = 1e-3  # of the weights: the share of running text from which on a piece counts for less than half
AT_ONCE = 256


@cache
def table() -> np.ndarray:
    """(30522, 256) float32: one row for each word piece."""
    with np.load(TABLE, allow_pickle=False) as stored:
        return np.asarray(stored["whole"].astype(np.float32) * stored["scale"].astype(np.float32))


def embed(texts: Sequence[str]) -> np.ndarray:
    """(n, 256) float32, rows of length 1, or 0 for a text without a word piece."""
    return embed_pieces([pieces(text) for text in texts])


def embed_pieces(read: Sequence[Sequence[int]]) -> np.ndarray:
    """The same, for texts that have been cut into pieces already."""
    found = summed(read)
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12))


def summed(read: Sequence[Sequence[int]]) -> np.ndarray:
    """(n, 256) float32: the sum of the vectors of the pieces of each text."""
    found = np.zeros((len(read), SIZE), dtype=np.float32)
    for begin in range(0, len(read), AT_ONCE):
        part = read[begin : begin + AT_ONCE]
        lengths = np.array([len(each) for each in part])
        full = np.flatnonzero(lengths)
        if not len(full):
            continue
        rows = table()[np.fromiter(chain.from_iterable(part), dtype=np.int64, count=int(lengths.sum()))]
        starts = np.cumsum(lengths)[full] - lengths[full]
        found[begin + full] = np.add.reduceat(rows, starts, axis=0)
    return found


def distil(pooled: Callable[[list[np.ndarray]], np.ndarray], tell: Callable[[float], None]) -> dict[str, np.ndarray]:
    """Make the table anew: `whole` int8 (30522, 256) times `scale` float16 (30522, 1).

    `pooled` makes unit vectors of lists of pieces (`encoders.pooled`); `tell` hears the share done.
    """
    count = len(vocabulary())
    raw = []
    for begin in range(0, count, AT_ONCE):
        raw.append(pooled([np.array([START, at, END]) for at in range(begin, min(begin + AT_ONCE, count))]))
        tell(min(1.0, (begin + AT_ONCE) / count))
    return quantised(_reduced(np.vstack(raw)) * _weights(count))


def _reduced(raw: np.ndarray) -> np.ndarray:
    centred = raw - raw.mean(axis=0)
    values, directions = np.linalg.eigh(centred.T.astype(np.float64) @ centred)
    best = directions[:, np.argsort(-values)[:SIZE]]
    # The sign of a direction is arbitrary; fixing it makes the table the same on every machine.
    best *= np.sign(best[np.abs(best).argmax(axis=0), np.arange(SIZE)])
    return np.asarray(centred @ best)


def _weights(count: int) -> np.ndarray:
    """(count, 1): the vocabulary is sorted by how common its pieces are, and Zipf's law says how common that is."""
    share = 1 / np.arange(2, count + 2)
    share /= share.sum()
    return np.asarray(SMOOTHING / (SMOOTHING + share))[:, None]


def quantised(rows: np.ndarray) -> dict[str, np.ndarray]:
    """Eight bits for each number, with a scale for each row."""
    scale = np.maximum(np.abs(rows).max(axis=1, keepdims=True) / 127, 1e-6).astype(np.float16)
    return {"whole": np.round(rows / scale.astype(np.float64)).clip(-127, 127).astype(np.int8), "scale": scale}
