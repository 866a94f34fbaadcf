"""Examples for the starter models: our own, and those of public sets by `mapping.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.starter.tables import column, rows
from triage.starter.taxonomy import HERE, topics


@dataclass(frozen=True, slots=True)
class Example:
    """A message of a public set. `topic` "none" is none of ours; `side` -1, 0, 1; None: not known."""

    text: str
    topic: str | None
    priority: str | None
    side: int | None
    source: str


@lru_cache(maxsize=1)
def _mapping() -> dict[str, dict[str, object]]:
    return tomllib.loads((HERE / "mapping.toml").read_text(encoding="utf-8"))


def public(data: Path, *, most: int | None = None) -> Iterator[Example]:
    """Mapped rows of the sets under `data`, the first `most` of each intent (by default as the mapping says)."""
    for name, about in _mapping().items():
        limit = most or int(str(about["most"]))
        yield from _rows(data / name / str(about["file"]), name, about, limit)


def _rows(file: Path, name: str, about: dict[str, object], most: int) -> Iterator[Example]:
    intents = about["intents"]
    taken: dict[str, int] = {}
    seen: set[str] = set()
    for row in rows(file):
        intent, text = column(row, str(about["label"]), file.name), column(row, "text", file.name).strip()
        if not isinstance(intents, dict) or intent not in intents or text.lower() in seen:
            continue
        limit = 8 * most if intent == "oos" else most
        if taken.get(intent, 0) < limit:
            taken[intent] = taken.get(intent, 0) + 1
            seen.add(text.lower())
            topic, priority, side = (None if part == "-" else part for part in str(intents[intent]).split())
            yield Example(text, topic, priority, None if side is None else int(side), name)


def own() -> Iterator[tuple[str, str, str, str]]:
    """(text, topic, its usual priority, language) of each example that we wrote."""
    for topic in topics():
        for code, texts in topic.examples.items():
            for text in texts:
                yield text, topic.key, topic.priority, code
