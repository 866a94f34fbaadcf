"""Which rows are held out when: by rows, to know how right the answers are, and by labels, to know the unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

FEW = 1500  # examples; below it, folds are more and smaller, for they cost little


@dataclass(frozen=True, slots=True)
class Held:
    """Rows to train on, and rows to ask about."""

    train: np.ndarray
    asked: np.ndarray


def numbered(texts: Sequence[str], groups: Sequence[object] | None) -> np.ndarray:
    """(n,) numbers of groups: rows of one group, and rows of the same words, always go together."""
    keys = groups if groups is not None else [" ".join(text.lower().split()) for text in texts]
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def by_rows(targets: np.ndarray, groups: np.ndarray, evaluable: np.ndarray, seed: int) -> list[Held]:
    """Folds over the `evaluable` rows, each label spread evenly; other rows are always trained on."""
    where = assigned(targets, groups, 10 if len(targets) < FEW else 5, seed)
    where[~evaluable] = -1
    return [
        Held(np.flatnonzero(where != fold), np.flatnonzero(where == fold))
        for fold in range(where.max(initial=-1) + 1)
        if (where == fold).any()
    ]


def assigned(targets: np.ndarray, groups: np.ndarray, count: int, seed: int) -> np.ndarray:
    """(n,) the fold of each row: groups of each label are dealt out in turn, in random order."""
    order = np.random.default_rng(seed).permutation(len(targets))
    order = order[np.argsort(targets[order], kind="stable")]
    dealt: dict[int, int] = {}
    for row in order:
        dealt.setdefault(int(groups[row]), len(dealt) % count)
    return np.array([dealt[int(group)] for group in groups], dtype=np.int64)


def by_labels(targets: np.ndarray, held: Sequence[Held], parts: int, seed: int) -> Iterator[Held]:
    """Each part leaves out some labels wholly, and of the others the rows of one fold."""
    labels = np.random.default_rng(seed).permutation(np.unique(targets))
    for part in range(parts):
        left = np.isin(targets, labels[part::parts])
        train = np.zeros(len(targets), dtype=bool)
        train[held[part % len(held)].train] = True
        yield Held(np.flatnonzero(train & ~left), np.flatnonzero(left | ~train))
