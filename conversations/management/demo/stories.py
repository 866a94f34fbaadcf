"""Stories of the demo desk: what people write to Northwind, each told a little differently every time."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "stories"
_ALTERNATIVES = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_ADDRESSED = re.compile(r",? \{name\}")
_CALL = re.compile(r"@([a-z]+)")
CUSTOMER, AGENT, NOTE = "c", "a", "n"


@dataclass(frozen=True, slots=True)
class Line:
    by: str  # CUSTOMER, AGENT or NOTE
    text: str

    @property
    def calls(self) -> tuple[str, ...]:
        """Teams and agents a note mentions, by key."""
        return tuple(_CALL.findall(self.text)) if self.by == NOTE else ()


@dataclass(frozen=True, slots=True)
class Story:
    slug: str
    topic: str
    team: str
    subject: str
    tags: tuple[str, ...]
    lines: tuple[Line, ...]

    def told(self, chance: random.Random, words: Mapping[str, str]) -> Story:
        """With its alternatives chosen and its names filled in."""
        return replace(self, lines=tuple(Line(line.by, _tell(line.text, chance, words)) for line in self.lines))


def _tell(text: str, chance: random.Random, words: Mapping[str, str]) -> str:
    chosen = _ALTERNATIVES.sub(lambda found: chance.choice(found[1].split("|")), text)
    if not words["name"]:
        chosen = _ADDRESSED.sub("", chosen)
    return chosen.format_map(words)


@cache
def stories(language: str) -> tuple[Story, ...]:
    """Stories in that language; in English where there are none."""
    path = _FOLDER / f"{language}.txt"
    return tuple(_parsed(path.read_text(encoding="utf-8"))) if path.exists() else stories("en")


def _parsed(text: str) -> Iterator[Story]:
    for block in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        head, *lines = block.strip().splitlines()
        slug, topic, team, subject, tags = (cell.strip() for cell in head.split("|"))
        told = tuple(Line(line[0], line[2:]) for line in lines if line.strip())
        yield Story(slug, topic, team, subject, tuple(tags.split()), told)
