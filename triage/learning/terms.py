"""Words, pairs of words and parts of words as sparse numbers, fast enough for one message at a time.

The numbers are those of scikit-learn's TfidfVectorizer, words (1, 2) and char_wb (2, 5) side by side, sublinear,
accents stripped, each half of length 1. scikit-learn needs a millisecond to read one message; this needs some 30
microseconds, because a word that was read before is looked up whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

_WORD = re.compile(r"\b\w\w+\b")
REMEMBERED = 50_000  # words whose parts are kept at hand
SHORTEST, LONGEST = 2, 5  # characters in a part of a word


def normalised(text: str) -> str:
    """Lower case, without accents."""
    text = text.lower()
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def tokens(text: str) -> list[str]:
    """Words of two or more letters or digits, of a normalised text."""
    return _WORD.findall(text)


def phrases(words: Sequence[str]) -> list[str]:
    """The words, then each pair of neighbours."""
    return [*words, *(f"{one} {two}" for one, two in pairwise(words))]


def parts(word: str) -> list[str]:
    """Every run of 2 to 5 characters in a word with a blank at either end."""
    padded = f" {word} "
    found: list[str] = []
    for size in range(SHORTEST, LONGEST + 1):
        if len(padded) <= size:
            found.append(padded)
            break
        found += [padded[at : at + size] for at in range(len(padded) - size + 1)]
    return found


@dataclass(frozen=True, slots=True)
class Marked:
    """One text as numbers: `columns` (k,) int, `values` (k,) float32; `seen` of `total` features were in training."""

    columns: np.ndarray
    values: np.ndarray
    seen: int
    total: int


@dataclass(slots=True)
class Terms:
    """A vocabulary learnt by `learn`: columns of phrases come first, those of parts of words after them."""

    phrases: dict[str, int]
    parts: dict[str, int]
    rarity: np.ndarray  # (columns,) float32: the inverse document frequencies
    _remembered: dict[str, tuple[list[int], int]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.rarity)

    def mark(self, text: str) -> Marked:
        """One text."""
        found, total = self._occurrences(normalised(text))
        if not found:
            return Marked(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.float32), 0, total)
        columns, counts = np.unique(np.array(found, dtype=np.intp), return_counts=True)
        values = (np.log(counts) + 1) * self.rarity[columns]
        border = int(np.searchsorted(columns, len(self.phrases)))
        values[:border] /= np.linalg.norm(values[:border]) or 1.0
        values[border:] /= np.linalg.norm(values[border:]) or 1.0
        return Marked(columns, values.astype(np.float32), len(found), total)

    def mark_many(self, texts: Sequence[str]) -> tuple[csr_matrix, np.ndarray]:
        """(n, columns) float32, and (n,) the share of each text's features that was not in training."""
        columns: list[int] = []
        ends, totals = np.zeros(len(texts) + 1, dtype=np.int64), np.zeros(len(texts))
        for at, text in enumerate(texts):
            found, totals[at] = self._occurrences(normalised(text))
            columns += found
            ends[at + 1] = len(columns)
        ones = np.ones(len(columns), dtype=np.float32)
        counts = csr_matrix((ones, np.array(columns, dtype=np.int32), ends), shape=(len(texts), self.size))
        counts.sum_duplicates()
        return self._weighted(counts), np.where(totals > 0, 1 - np.diff(ends) / np.maximum(totals, 1), 1.0)

    def _weighted(self, counts: csr_matrix) -> csr_matrix:
        values = (np.log(counts.data) + 1) * self.rarity[counts.indices]
        halves = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr)) * 2
        halves += counts.indices >= len(self.phrases)
        lengths = np.sqrt(np.bincount(halves, weights=values**2, minlength=2 * counts.shape[0]))
        values = (values / lengths[halves]).astype(np.float32)
        return csr_matrix((values, counts.indices, counts.indptr), shape=counts.shape)

    def _occurrences(self, text: str) -> tuple[list[int], int]:
        named = phrases(tokens(text))
        known = self.phrases
        found = [known[each] for each in named if each in known]
        total = len(named)
        for word in text.split():
            columns, count = self.of_word(word)
            found += columns
            total += count
        return found, total

    def of_word(self, word: str) -> tuple[list[int], int]:
        """The columns of a word's parts, once for each time they occur, and how many parts it has."""
        held = self._remembered.get(word)
        if held is None:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            cut = parts(word)
            held = [self.parts[each] for each in cut if each in self.parts], len(cut)
            self._remembered[word] = held
        return held


def learn(texts: Sequence[str]) -> Terms:
    """The vocabulary of `texts`: all phrases, and the parts of words that occur in two texts or more."""
    read = [normalised(text) for text in texts]
    named = _document_counts(phrases(tokens(text)) for text in read)
    cut = _document_counts(parts_of(text) for text in read)
    if len(texts) > 1:
        cut = {part: count for part, count in cut.items() if count > 1}
    known, pieces = sorted(named), sorted(cut)
    counts = np.array([named[each] for each in known] + [cut[each] for each in pieces], dtype=np.float64)
    rarity = np.log((1 + len(texts)) / (1 + counts)) + 1
    numbers = {part: len(known) + at for at, part in enumerate(pieces)}
    return Terms({each: at for at, each in enumerate(known)}, numbers, rarity.astype(np.float32))


def parts_of(text: str) -> Iterable[str]:
    """The parts of all words of a normalised text."""
    for word in set(text.split()):
        yield from parts(word)


def _document_counts(read: Iterable[Iterable[str]]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for each in read:
        counts.update(set(each))
    return counts
