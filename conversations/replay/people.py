"""The two kinds of clients: a customer in the messenger and an agent in the inbox."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any

from conversations.replay.client import Client
from conversations.replay.timeline import Part, Timeline


@dataclass
class CustomerClient(Client):
    """A visitor of one site."""

    site: str = "demo"
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    path = "/ws/messenger/"

    def _hello(self) -> dict[str, Any]:
        have = {conversation: timeline.have for conversation, timeline in self.timelines.items()}
        return {"type": "hello", "protocol": 1, "site": self.site, "token": self.token, "have": have}

    async def _welcomed(self, frame: dict[str, Any]) -> None:
        for summary in frame["conversations"]:
            self.timelines.setdefault(summary["id"], Timeline()).hear_of(summary["last_number"])

    def start(self, conversation: str, body: str) -> asyncio.Future[Part]:
        """Open a conversation with its first message."""
        return self.post(conversation, body, start=True)


@dataclass
class AgentClient(Client):
    """An agent with one or more threads open."""

    cookie: str = ""

    path = "/ws/inbox/"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.headers = {"Cookie": self.cookie}
        self._unopened: set[str] = set()

    def _hello(self) -> dict[str, Any]:
        return {"type": "hello", "protocol": 1}

    async def _welcomed(self, frame: dict[str, Any]) -> None:
        self._unopened = set(self.timelines)
        for conversation, timeline in self.timelines.items():
            self.say(self._ask(conversation, timeline))

    def _timeline(self, conversation: str) -> Timeline | None:
        return self.timelines.get(conversation)  # an agent hears of threads they have open, and just after leaving them

    def open(self, conversation: str) -> None:
        """Read a thread from its beginning and stay in it."""
        timeline = self.timelines.setdefault(conversation, Timeline())
        self._unopened.add(conversation)
        if self.is_up:
            self.say(self._ask(conversation, timeline))

    def leave(self, conversation: str) -> None:
        self._unopened.discard(conversation)
        self.timelines.pop(conversation, None)
        self.say({"type": "leave", "conversation": conversation})

    def _ask(self, conversation: str, timeline: Timeline) -> dict[str, Any]:
        """`open` instead of `sync` until the desk has answered one on this connection."""
        verb = "open" if conversation in self._unopened else "sync"
        return {"type": verb, "conversation": conversation, "after": timeline.have}

    def _take_many(self, frame: dict[str, Any]) -> None:
        self._unopened.discard(frame["conversation"])
        super()._take_many(frame)

    def _repeat(self, now: float) -> None:
        super()._repeat(now)
        for conversation in self._unopened:
            timeline = self.timelines[conversation]
            if not timeline.is_behind and now - timeline.asked_at > self.patience.hole:
                self._fill(conversation, timeline, now)

    def reply(self, conversation: str, body: str) -> asyncio.Future[Part]:
        return self.post(conversation, body, kind="message")
