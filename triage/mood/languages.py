"""Which of the desk's languages a message is written in.

py3langid's Naive Bayes scores of the languages that the desk serves and of the commonest others, plus everyday words
(`triage.mood.cues`), through a softmax whose temperature grows with the text's length in bytes: neighbouring
characters are not independent, so scores of long texts are too far apart. The constants were fitted on half of the
single words and word pairs of Lingua's test data and of xSID's validation sentences (see `bench/mood.py`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from triage.mood.cues import CUES

COMMON = ("en", "id", "sv", "ms", "da", "no", "de", "nl", "fr", "es", "pt", "it", "fi", "pl", "tr")
# Scripts of their own: cheap to tell, costly to mistake.
_ELSEWHERE = ("ar", "he", "ja", "zh", "ko", "ru", "uk", "hi", "th", "vi", "el")
LONGEST = 400  # characters that are looked at; more change nothing but the time it takes
LEAST = 0.6  # below it nobody is told a language

_CUE = 2.0  # what an everyday word adds to its languages' scores
_SHORT_CUE = 6.0  # the same in a message of at most three words, where greetings decide
_SERVED = 8.0  # what being served adds
_NOTHING = -1e30  # py3langid has seen none of the text's letters together
_HEAT, _GROWTH = 0.7, 0.4  # temperature = _HEAT * bytes ** _GROWTH

_NOISE = re.compile(r"https?://\S+|\S+@\S+|[\d_#*|<>{}\[\]/\\=+~^`\x00]+")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_SAME = {"nb": "no", "in": "id", "iw": "he"}  # other codes for what the model knows


def detect(text: str, served: Sequence[str] = COMMON) -> tuple[str | None, float]:
    """The code out of `served` (ISO 639-1, regions allowed) that `text` is written in, and how probable that is (0..1).

    None when the text has too few letters, or reads like none of them or like several. Codes that the model does not
    know are never answered.
    """
    clean = _NOISE.sub(" ", text[: 4 * LONGEST])[:LONGEST].lower()
    words = _WORD.findall(clean)
    names = _names(tuple(served))
    if not names or sum(map(len, words)) < 2:
        return None, 0.0
    code, probability = _best(_scores(clean, words, names), len(clean.encode(errors="replace")), names)
    return (names[code], probability) if code is not None and probability >= LEAST else (None, probability)


def detect_many(texts: Sequence[str], served: Sequence[str] = COMMON) -> list[tuple[str | None, float]]:
    return [detect(text, served) for text in texts]


def _scores(clean: str, words: Sequence[str], names: dict[str, str]) -> dict[str, float]:
    scores = dict(_model(tuple(names)).rank(clean))
    if max(scores.values()) < _NOTHING:
        scores = dict.fromkeys(scores, 0.0)
    weight = _SHORT_CUE if len(words) <= 3 else _CUE
    for word in words:
        for code in CUES.get(word.replace("\u2019", "'"), ()):
            if code in scores:
                scores[code] += weight
    return scores


def _best(scores: dict[str, float], size: int, names: dict[str, str]) -> tuple[str | None, float]:
    heat = _HEAT * size**_GROWTH
    heated = {code: (score + (_SERVED if code in names else 0.0)) / heat for code, score in scores.items()}
    highest = max(heated.values())
    total = sum(math.exp(value - highest) for value in heated.values())
    code = max(names, key=lambda name: heated[name])
    return code, math.exp(heated[code] - highest) / total


@lru_cache(maxsize=64)
def _names(served: tuple[str, ...]) -> dict[str, str]:
    """The model's code of each served language that it knows, with the code the desk calls it by."""
    known = set(_whole().labels)
    codes = ((_SAME.get(bare, bare), name) for name in served if (bare := re.split("[-_]", name.lower())[0]))
    return {code: name for code, name in codes if code in known}


@lru_cache(maxsize=1)
def _whole() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # loading takes most of a second

    return LanguageIdentifier.from_model_file(MODEL_FILE)


@lru_cache(maxsize=64)
def _model(codes: tuple[str, ...]) -> Any:
    """The same model, restricted to what is served and what it could be mistaken for."""
    from py3langid.langid import LanguageIdentifier

    whole = _whole()
    tables = (whole.nb_ptc, whole.nb_pc, whole.nb_classes, whole.tk_nextmove, whole.tk_output)
    model = LanguageIdentifier(*tables, tk_row=whole.tk_row)
    model.set_languages(dict.fromkeys(codes + COMMON + _ELSEWHERE))
    return cast("Any", model)
