"""The starter taxonomy, as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent
LANGUAGES = ("en", "id", "sv")


@dataclass(frozen=True, slots=True)
class StarterTopic:
    """A topic: `names` and `descriptions` by language, `team` a specialist team's name, `tier` 1 to 3.

    `priority` is the usual one (low, normal, high, urgent); `examples` are messages by language.
    """

    key: str
    names: dict[str, str]
    descriptions: dict[str, str]
    team: str
    priority: str
    tier: int
    examples: dict[str, tuple[str, ...]]

    def described(self) -> str:
        """Name and description in every language: what a model knows of a topic without examples."""
        return " ".join(f"{self.names[code]}. {self.descriptions[code]}." for code in LANGUAGES)


@lru_cache(maxsize=1)
def topics() -> tuple[StarterTopic, ...]:
    """All topics of the starter taxonomy."""
    stored = tomllib.loads((HERE / "taxonomy.toml").read_text(encoding="utf-8"))
    return tuple(
        StarterTopic(
            key,
            row["name"],
            row["description"],
            row["team"],
            row["priority"],
            row["tier"],
            {code: tuple(row[code].strip().splitlines()) for code in LANGUAGES},
        )
        for key, row in stored.items()
    )
