"""What our own word lists, and the signs people make, say about a message.

`look` walks over a message once and returns `Traits`: a fixed vector of numbers that means the same in every language,
and the words behind each number. Word lists lie in `lexicons/*.toml`; all of them were written for Parley.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.mood.phrases import Phrases, gather

NAMES = (
    "good",
    "very_good",
    "bad",
    "very_bad",
    "angry",
    "profane",
    "waiting",
    "relief",
    "boosted",
    "negated_good",
    "negated_bad",
    "capitals",
    "exclamations",
    "questions",
    "heated",
    "smile",
    "frown",
    "rage",
    "stretched",
    "balance",
    "turn",
    "length",
)
AT = {name: at for at, name in enumerate(NAMES)}
LANGUAGES = ("en", "id", "sv")
LONGEST = 3000  # characters that are read

_KINDRED = {"ms": "id"}  # languages whose customers the lists of another serve well
_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|[!?]+|[;:=]['-]?[()D/|]|<3|[\u2600-\u27bf\U0001f300-\U0001faff]")
_STRETCH = re.compile(r"([^\W\d_])\1{2,}")
_SMILES = set("😀😃😄😁😊🙂😍🥰😘👍🙏❤💕💖🎉👏💯⭐🌟✨😎🤗☺👌🔥🤩😇💪") | {":)", ":-)", ":D", ":-D", "=)", ";)", "<3"}
_FROWNS = set("😞😢😭☹🙁😟😔😩😫👎💔😕😓😥😰🥺😖😣") | {":(", ":-(", ":'(", "=(", ":/", ":-/", ":|"}
_RAGES = set("😡😠🤬😤👿💢🖕")
_TURNS = frozenset(
    {"but", "however", "yet", "though", "tapi", "tetapi", "namun", "cuma", "sayangnya", "men", "dock", "fast", "tyvärr"}
)
_REACH = 3  # words that a negation or a booster reaches over
_POLAR = ("good", "very_good", "bad", "very_bad")


@dataclass(frozen=True, slots=True)
class Traits:
    """`vector` has a number for each of NAMES; `hits` are (word as written, name of the number it went into)."""

    vector: tuple[float, ...]
    hits: tuple[tuple[str, str], ...]
    words: tuple[str, ...]


_EMPTY = Phrases({}, {})


def kin(language: str | None) -> str:
    """Whose word lists and weights serve `language` (None: not known, taken for English); "" if nobody's do."""
    bare = "en" if language is None else re.split("[-_]", language.lower())[0]
    bare = _KINDRED.get(bare, bare)
    return bare if bare in LANGUAGES else ""


@lru_cache(maxsize=8)
def lexicon(code: str) -> Phrases:
    if code not in LANGUAGES:
        return _EMPTY
    return gather(tomllib.loads((Path(__file__).parent / "lexicons" / f"{code}.toml").read_text(encoding="utf-8")))


def look(text: str, code: str) -> Traits:
    """The traits of a text of any length, by the word lists of `code` (one of LANGUAGES, or "" for signs only)."""
    tokens = _TOKEN.findall(text[:LONGEST].replace("\ufe0f", ""))
    lists = lexicon(code)
    words = [_plain(token, lists) for token in tokens]
    counts = dict.fromkeys(NAMES, 0.0)
    hits = _signs(tokens, counts) + _phrases(words, lists, counts)
    spoken = tuple(word for word in words if word[0].isalpha())
    _finish(counts, len(spoken))
    return Traits(tuple(counts[name] for name in NAMES), tuple(hits), spoken)


def _plain(token: str, lists: Phrases) -> str:
    word = token.lower().replace("\u2019", "'")
    if word in lists.lengths:
        return word
    single = _STRETCH.sub(r"\1", word)
    return single if single == word or single in lists.lengths else _STRETCH.sub(r"\1\1", word)


def _signs(tokens: list[str], counts: dict[str, float]) -> list[tuple[str, str]]:
    hits = []
    capitals = [token for token in tokens if len(token) >= 3 and token.isupper() and token.isalpha()]
    letters = sum(1 for token in tokens if token[0].isalpha())
    if len(capitals) >= 2 or (capitals and letters <= 2):
        counts["capitals"] = len(capitals) / letters
        hits += [(token, "capitals") for token in capitals[:3]]
    for token in tokens:
        name = _sign(token, counts)
        if name:
            counts[name] += 1
            hits.append((token, name))
    return hits


def _sign(token: str, counts: dict[str, float]) -> str | None:
    if token[0] in "!?":
        counts["exclamations"] += token.count("!")
        counts["questions"] += token.count("?")
        return "heated" if len(token) > 1 else None
    if token[0].isalpha():
        return "stretched" if _STRETCH.search(token.lower()) else None
    return "smile" if token in _SMILES else "frown" if token in _FROWNS else "rage" if token in _RAGES else None


def _phrases(words: list[str], lists: Phrases, counts: dict[str, float]) -> list[tuple[str, str]]:
    """Count what stands in the lists, longest phrase first; negations turn what follows, boosters raise it."""
    hits: list[tuple[str, str]] = []
    at, negated, boosted = 0, -9, -9
    while at < len(words):
        phrase, names = lists.longest(words, at)
        taken = phrase.count(" ") + 1
        turned, raised = at - negated <= _REACH, at - boosted <= _REACH - 1
        hits += [(phrase, _count(name, counts, turned=turned, raised=raised)) for name in names if name in AT]
        if "negation" in names:
            negated = at
        if "booster" in names:
            boosted = at
        if words[at] in _TURNS:
            counts["turn"] = 0.0
            negated = -9
        at += taken
    return hits


def _count(name: str, counts: dict[str, float], *, turned: bool, raised: bool) -> str:
    if name in _POLAR:
        positive = name.endswith("good")
        if turned:
            name = "negated_good" if positive else "negated_bad"
        counts["boosted"] += raised
        counts["turn"] += 1 if positive != turned else -1
    counts[name] += 1
    return name


def _finish(counts: dict[str, float], words: int) -> None:
    """Squash counts, so that a long message is no more than a strong one."""
    up = counts["good"] + 2 * counts["very_good"] + counts["smile"] + counts["relief"] + 0.5 * counts["negated_bad"]
    down = counts["bad"] + 2 * counts["very_bad"] + counts["frown"] + counts["rage"] + counts["negated_good"]
    for name in NAMES:
        if name not in ("capitals", "turn"):
            counts[name] = math.log1p(counts[name])
    counts["balance"] = (up - down) / (up + down + 1)
    counts["turn"] = max(-1.0, min(1.0, counts["turn"] / 2))
    counts["length"] = math.log1p(words) / 4
