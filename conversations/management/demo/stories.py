"""Stories of the demo desk: what people write to Northwind, each told a little differently every time.

How they are written down is explained at the head of `stories/en-delivery.txt`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "stories"
_ALTERNATIVES = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_ADDRESSED = re.compile(r",? \{name\}|\{name\}様、")  # how a name is left out for those who have none
_CALL = re.compile(r"@([a-z]+)")
CUSTOMER, AGENT, NOTE, DRAFT, AGAIN, PAUSE, VERB = "c", "a", "n", "d", "+", "~", "!"
EVERYDAY = re.compile(r"([a-z]{2})(-[a-z]+)?")  # names of files with what happens all the time, by language


@dataclass(frozen=True, slots=True)
class Line:
    kind: str
    text: str
    who: str = ""  # key of an agent, when the line names one
    calls: tuple[str, ...] = ()  # keys of agents and teams that a note mentions


@dataclass(frozen=True, slots=True)
class Story:
    slug: str
    topic: str
    team: str
    tags: tuple[str, ...]
    language: str
    lines: tuple[Line, ...]

    def needs(self, word: str) -> bool:
        """Whether it cannot be told without that word."""
        return any(f"{{{word}}}" in line.text for line in self.lines)

    def with_lines(self, lines: Iterable[Line]) -> Story:
        return replace(self, lines=tuple(lines))

    def told(self, chance: random.Random, words: Mapping[str, str], names: Mapping[str, str]) -> Story:
        """With its alternatives chosen and its blanks filled in; `names` are what agents and teams are called."""
        return self.with_lines(_told(line, chance, words, names) for line in self.lines)


def _told(line: Line, chance: random.Random, words: Mapping[str, str], names: Mapping[str, str]) -> Line:
    text = _ALTERNATIVES.sub(lambda found: chance.choice(found[1].split("|")), line.text)
    if not words["name"]:
        text = _ADDRESSED.sub("", text)
    calls = tuple(_CALL.findall(text)) if line.kind == NOTE else ()
    if calls:
        text = _CALL.sub(lambda found: f"@{names[found[1]]}", text)
    return replace(line, text=text.format_map(words).strip(), calls=calls)


@cache
def everyday() -> Mapping[str, tuple[Story, ...]]:
    """What happens all the time, by language."""
    found: dict[str, tuple[Story, ...]] = {}
    for path in sorted(_FOLDER.glob("*.txt")):
        if name := EVERYDAY.fullmatch(path.stem):
            found[name[1]] = found.get(name[1], ()) + read(path.stem)
    return found


@cache
def read(name: str) -> tuple[Story, ...]:
    """The stories of one file."""
    language = name[:2] if EVERYDAY.fullmatch(name) else "en"
    text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(_parsed(text, language))


def _parsed(text: str, language: str) -> Iterator[Story]:
    for block in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        head, *lines = block.strip().splitlines()
        slug, topic, team, tags, *other = (cell.strip() for cell in head.split("|"))
        told = tuple(_line(line) for line in lines)
        yield Story(slug, topic, team, tuple(tags.split()), other[0] if other else language, told)


def _line(text: str) -> Line:
    mark, _, said = text.partition(" ")
    kind, _, who = mark.partition("/")
    return Line(kind, said, who)
