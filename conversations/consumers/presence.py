"""Who else looks at a thread, and who writes in it.

Viewers tell each other over the hub; nothing is stored. Each repeats itself every ten seconds, answers a
newcomer at once, and is forgotten when not heard of, so a process that dies leaves no ghosts.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Self

import orjson

REPEAT = 10  # seconds
FORGET = 25
TYPING_FOR = 6


@dataclass(slots=True)
class Viewer:
    id: str
    name: str
    typing: str | None
    until: float
    typing_until: float

    def now(self, moment: float) -> dict[str, Any]:
        typing = self.typing if moment < self.typing_until else None
        return {"id": self.id, "name": self.name, "typing": typing}


@dataclass(slots=True)
class Saying:
    """What one viewer's socket says of itself. `greets` asks the others to say themselves too."""

    socket: str
    agent: str
    name: str
    typing: str | None = None
    greets: bool = False
    leaves: bool = False

    def packed(self) -> bytes:
        return orjson.dumps([self.socket, self.agent, self.name, self.typing, self.greets, self.leaves])

    @classmethod
    def unpacked(cls, payload: bytes) -> Self:
        return cls(*orjson.loads(payload))


class Viewers:
    """The other viewers of one thread, as one socket knows them."""

    def __init__(self) -> None:
        self._by_socket: dict[str, Viewer] = {}
        self._told: list[dict[str, Any]] = []

    def hear(self, saying: Saying) -> None:
        if saying.leaves:
            self._by_socket.pop(saying.socket, None)
            return
        now = time.monotonic()
        self._by_socket[saying.socket] = Viewer(
            saying.agent, saying.name, saying.typing, now + FORGET, now + TYPING_FOR
        )

    def news(self) -> list[dict[str, Any]] | None:
        """The viewers, one entry an agent, if that differs from what was told last."""
        now = time.monotonic()
        self._by_socket = {key: each for key, each in self._by_socket.items() if each.until > now}
        agents: dict[str, dict[str, Any]] = {}
        for viewer in self._by_socket.values():
            seen = agents.setdefault(viewer.id, viewer.now(now))
            seen["typing"] = seen["typing"] or viewer.now(now)["typing"]
        found = sorted(agents.values(), key=lambda each: (each["name"], each["id"]))
        if found == self._told:
            return None
        self._told = found
        return found
