"""Cut a text into the 30,522 word pieces of BERT's uncased vocabulary.

The rules are those of Devlin et al. 2019 (normalise, split at blanks and punctuation, then greedily the longest piece).
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

VOCABULARY = Path(__file__).parent / "data" / "wordpiece.txt"
UNKNOWN, START, END = 100, 101, 102
LONGEST_WORD = 100
_CJK = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


@cache
def vocabulary() -> dict[str, int]:
    """Piece -> number; pieces that continue a word begin with ##."""
    return {piece: at for at, piece in enumerate(VOCABULARY.read_text(encoding="utf-8").splitlines())}


def pieces(text: str) -> list[int]:
    """Numbers of the pieces of `text`, without the marks of start and end."""
    found: list[int] = []
    for word in _blank_out(text).split():
        found += _of_word(word)
    return found


def _blank_out(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_Clean())


class _Clean(dict[int, str]):
    """Drops what cannot be seen, and sets Chinese signs apart."""

    def __missing__(self, code: int) -> str:
        self[code] = made = _clean(code)
        return made


def _clean(code: int) -> str:
    sign = chr(code)
    if sign in "\t\n\r" or unicodedata.category(sign) == "Zs":
        return " "
    if code in (0, 0xFFFD) or unicodedata.category(sign).startswith("C"):
        return ""
    return f" {sign} " if any(low <= code <= high for low, high in _CJK) else sign


@lru_cache(maxsize=100_000)
def _of_word(word: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in _split_punctuation(_plain(word)):
        found += _of_part(part)
    return tuple(found)


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFD", word)
    return "".join(sign for sign in apart if unicodedata.category(sign) != "Mn").lower()


def _split_punctuation(word: str) -> list[str]:
    if word.isalnum():
        return [word]
    return "".join(f" {sign} " if _is_punctuation(sign) else sign for sign in word).split(" ")


def _is_punctuation(sign: str) -> bool:
    code = ord(sign)
    ascii_mark = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return ascii_mark or unicodedata.category(sign).startswith("P")


def _of_part(part: str) -> list[int]:
    known = vocabulary()
    if len(part) > LONGEST_WORD:
        return [UNKNOWN]
    found: list[int] = []
    begin = 0
    while begin < len(part):
        end = _longest(known, part, begin)
        if end == begin:
            return [UNKNOWN]
        found.append(known[("##" if begin else "") + part[begin:end]])
        begin = end
    return found


def _longest(known: dict[str, int], part: str, begin: int) -> int:
    mark = "##" if begin else ""
    for end in range(min(len(part), begin + 18), begin, -1):
        if mark + part[begin:end] in known:
            return end
    return begin


def framed(text: str, longest: int) -> np.ndarray:
    """(≤ longest,) int64 numbers of the pieces, between the marks of start and end."""
    return np.array([START, *pieces(text)[: longest - 2], END], dtype=np.int64)
