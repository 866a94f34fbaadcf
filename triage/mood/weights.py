"""The mood model's weights as a file: skops with a checksum beside it, plain arrays and words only."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from triage.mood.lexicon import NAMES

SHIPPED = Path(__file__).parent.parent / "starter" / "artefacts" / "mood.skops"
HEADS = ("negative", "neutral", "positive", "anger", "strong")


class MoodUnusable(Exception):
    """The mood model's file is missing, damaged, foreign or not the one that was stored."""


@dataclass(frozen=True, slots=True)
class Found:
    """The words and word pairs of a message that the model knows: rows of its table, and their TF-IDF values (n,)."""

    names: list[str]
    rows: list[int]
    values: np.ndarray


@dataclass(frozen=True)
class Head:
    """One language's weights. Columns are HEADS.

    `words` (n, 5), `idf` (n,), `traits` (len(NAMES), 5), `bias` (5,); `heat` has slope and shift of the calibration of
    sentiment, anger and strength.
    """

    listed: Sequence[str]
    idf: np.ndarray
    words: np.ndarray
    traits: np.ndarray
    bias: np.ndarray
    heat: tuple[tuple[float, float], ...]

    @cached_property
    def table(self) -> dict[str, int]:
        return {word: at for at, word in enumerate(self.listed)}

    @cached_property
    def _idf(self) -> list[float]:
        return [float(value) for value in self.idf]

    def find(self, words: Sequence[str]) -> Found:
        table, rows, names = self.table, [], []
        for name in grams(words):
            at = table.get(name)
            if at is not None:
                names.append(name)
                rows.append(at)
        values = [self._idf[at] for at in rows]
        length = math.sqrt(sum(value * value for value in values)) or 1.0
        return Found(names, rows, np.array(values) / length)


def grams(words: Sequence[str]) -> list[str]:
    """Each different word and pair of neighbours once."""
    pairs = [f"{left} {right}" for left, right in pairwise(words)]
    return list(dict.fromkeys([*words, *pairs]))


@dataclass(frozen=True)
class Weights:
    """Heads by language; "" serves all others."""

    heads: Mapping[str, Head]

    def head(self, code: str) -> Head:
        return self.heads.get(code) or self.heads[""]


def save(weights: Weights, path: Path, *, card: Mapping[str, Any]) -> str:
    """Write the weights and, to `path`.json, what the card says about them and their sha256 (returned, hex)."""
    state = {
        code: {
            "listed": "\n".join(head.listed),
            "idf": head.idf.astype(np.float32),
            "words": head.words.astype(np.float16),
            "traits": head.traits.astype(np.float32),
            "bias": head.bias.astype(np.float32),
            "heat": np.array(head.heat, dtype=np.float64),
        }
        for code, head in weights.heads.items()
    }
    from skops import io as skops_io

    blob: bytes = skops_io.dumps({"traits": list(NAMES), "heads": state}, compression=8)
    digest = hashlib.sha256(blob).hexdigest()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(blob)
    about = json.dumps({**card, "sha256": digest}, indent=1, ensure_ascii=False)
    path.with_name(path.name + ".json").write_text(about + "\n", encoding="utf-8")
    return digest


def load(path: Path) -> Weights:
    """The weights at `path`, checked against the sha256 in `path`.json. Raises MoodUnusable."""
    try:
        blob = path.read_bytes()
        expected = json.loads(path.with_name(path.name + ".json").read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, KeyError) as error:
        raise MoodUnusable(f"the model file {path.name} or its card cannot be read: {error}") from error
    if hashlib.sha256(blob).hexdigest() != expected:
        raise MoodUnusable(f"the model file {path.name} is not the one its card describes: its checksum is different")
    return _opened(blob, path.name)


def _opened(blob: bytes, name: str) -> Weights:
    from skops import io as skops_io

    try:
        state = skops_io.loads(blob, trusted=[])
        traits, heads = state["traits"], {code: _head(stored) for code, stored in state["heads"].items()}
    except Exception as error:
        raise MoodUnusable(f"the model file {name} is not a mood model: {error}") from error
    if traits != list(NAMES):
        raise MoodUnusable(f"the model file {name} was made for other word lists; make it anew")
    return Weights(heads)


def _head(stored: Mapping[str, Any]) -> Head:
    listed = stored["listed"].split("\n") if stored["listed"] else []
    idf, words, traits, bias = (stored[name].astype(np.float64) for name in ("idf", "words", "traits", "bias"))
    heat = tuple((float(slope), float(shift)) for slope, shift in stored["heat"])
    return Head(listed, idf, words, traits, bias, heat)


@lru_cache(maxsize=1)
def shipped() -> Weights:
    """The weights that come with Parley, read once. Raises MoodUnusable."""
    return load(SHIPPED)
