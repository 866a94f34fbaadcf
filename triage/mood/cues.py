"""Everyday words that give a language away where there is too little text for statistics.

A word may stand under several languages ("hej" is Swedish and Danish): it then speaks for each of them, and the rest
of the text, or what the desk serves, decides between them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path


def _by_word(words: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for code, listed in words.items():
        for word in listed.split():
            found.setdefault(word, set()).add(code)
    return {word: frozenset(codes) for word, codes in found.items()}


_LISTS = Path(__file__).parent / "lexicons" / "everyday.toml"
CUES: Mapping[str, frozenset[str]] = _by_word(tomllib.loads(_LISTS.read_text(encoding="utf-8")))
