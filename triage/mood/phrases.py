"""Lists of words and phrases, and finding them in a message in one pass."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_HOME = Path(__file__).parent / "lexicons"


@dataclass(frozen=True, slots=True)
class Phrases:
    """`entries`: phrase -> lists it stands in. `lengths`: first word -> most words of a phrase that begins with it."""

    entries: Mapping[str, tuple[str, ...]]
    lengths: Mapping[str, int]

    def longest(self, words: Sequence[str], at: int) -> tuple[str, tuple[str, ...]]:
        """The longest known phrase that begins at that word, or the word alone; with its lists."""
        most = self.lengths.get(words[at])
        if most is None:
            return words[at], ()
        for size in range(min(most, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + size])
            if phrase in self.entries:
                return phrase, self.entries[phrase]
        return words[at], ()

    def within(self, words: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each known phrase of a message, longest first, without overlaps; with its lists."""
        at = 0
        while at < len(words):
            phrase, names = self.longest(words, at)
            if names:
                yield phrase, names
            at += phrase.count(" ") + 1


def gather(lists: Mapping[str, str]) -> Phrases:
    """From list name -> phrases separated by commas."""
    found: dict[str, list[str]] = {}
    for name, phrases in lists.items():
        for phrase in dict.fromkeys(" ".join(part.split()) for part in phrases.split(",")):
            found.setdefault(phrase, []).append(name)
    lengths: dict[str, int] = {}
    for phrase in found:
        first, count = phrase.split()[0], phrase.count(" ") + 1
        lengths[first] = max(count, lengths.get(first, 0))
    return Phrases({phrase: tuple(names) for phrase, names in found.items()}, lengths)


def stored(name: str) -> dict[str, dict[str, str]]:
    """The lists of `lexicons/NAME.toml` by language."""
    return tomllib.loads((_HOME / f"{name}.toml").read_text(encoding="utf-8"))


def joined(name: str, code: str) -> Phrases:
    """The lists of a language together with the English ones: people everywhere write "urgent" and "error"."""
    lists = stored(name)
    own, english = lists.get(code, {}), lists["en"]
    if code in ("", "en"):
        return gather(english)
    both = {kind: ",".join(part for part in (own.get(kind), english.get(kind)) if part) for kind in {**english, **own}}
    return gather(both)
