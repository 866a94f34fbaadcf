"""Which conversation is next.

The most urgent comes first, then whoever has waited longest; and nobody waits for ever. Both are one number: each
priority has a head start, and the queue is sorted by when somebody came, less that head start. An urgent conversation
stands as if it had come three days before a low one that arrives with it.

Why nobody starves: a conversation that came at `t` is overtaken only by those whose place is before its own, and these
came before `t + longest head start - its own`, which is at most three days after it. They are a finite number however
many come later, and each one that is given away brings it a place forward. The order between two conversations never
changes while they wait, so neither can be overtaken by the other again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

HOUR = 3600.0
# Priority (1 low … 4 urgent) → seconds. A normal one that has waited a day goes before an urgent one that comes now.
HEAD_START: Mapping[int, float] = {4: 72 * HOUR, 3: 64 * HOUR, 2: 48 * HOUR, 1: 0.0}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation without an agent. `since` in seconds of any clock, the same as `now` elsewhere."""

    conversation: int
    team: int
    priority: int
    since: float
    language: str = ""
    gave_back: frozenset[int] = frozenset()  # agents who handed it back: asked again only when patience is over


def place(waiting: Waiting) -> tuple[float, int]:
    """Sorts the queue: the smallest is next."""
    return waiting.since - HEAD_START[waiting.priority], waiting.conversation


def speaks(languages: Iterable[str], wanted: str) -> bool:
    """Whether somebody with these languages can answer in `wanted`: regions make no difference, and whoever lists no
    language, or is asked for none, is not held up by it."""
    return not wanted or _speaks(frozenset(languages), wanted)


@lru_cache(maxsize=10_000)  # a drain asks the same few things again and again
def _speaks(languages: frozenset[str], wanted: str) -> bool:
    mine = {_main(each) for each in languages}
    return not mine or _main(wanted) in mine


def _main(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].strip().lower()
