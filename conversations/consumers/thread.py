"""One conversation an agent has open: its live parts, and the others who look at it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conversations import realtime
from conversations.consumers.presence import REPEAT, Saying, Viewers
from conversations.models import Conversation
from conversations.parts import Scope

if TYPE_CHECKING:
    from conversations.consumers.inbox import InboxSocket

TYPING_EVERY = 2  # seconds


class Thread:
    def __init__(self, socket: InboxSocket, conversation: Conversation) -> None:
        self._socket = socket
        self.key, self.public_id = conversation.pk, conversation.public_id
        self.customer = conversation.customer_id
        self.team, self.assignee = conversation.team_id, conversation.assignee_id
        self._viewers = Viewers()
        self._typing: str | None = None
        self._said = 0.0
        self._joined = False

    @property
    def _presence(self) -> str:
        return f"presence.{self.key}"

    async def join(self) -> None:
        if self._joined:
            return
        self._joined = True
        hub = realtime.hub()
        await hub.attach(realtime.thread_group(self.key), self._socket.on_push)
        await hub.attach(self._presence, self._on_saying)
        if self._socket.threads.get(self.public_id) is not self:  # closed while we waited
            self.leave()

    def leave(self) -> None:
        hub = realtime.hub()
        hub.detach(realtime.thread_group(self.key), self._socket.on_push)
        hub.detach(self._presence, self._on_saying)
        self._say(leaves=True)
        self.type(None)

    def visible_to(self, scope: Scope) -> bool:
        return scope.covers(self.key, self.team, self.assignee)

    def moved(self, row: Mapping[str, Any]) -> None:
        """The feed says where the conversation stands now."""
        self.team, self.assignee = _key(row["team"]), _key(row["assignee"])

    # Presence

    def greet(self) -> None:
        self._say(greets=True)
        self._tell(always=True)

    def repeat(self) -> None:
        """Called now and then: say that we are still here, forget who is not."""
        if time.monotonic() - self._said >= REPEAT:
            self._say()
        self._tell()

    def type(self, kind: str | None) -> None:
        """Writing a message or a note, or nothing any more. The customer hears of messages only."""
        was, self._typing = self._typing, kind
        if kind == was and time.monotonic() - self._said < TYPING_EVERY:
            return
        if self._joined and self._socket.threads.get(self.public_id) is self:
            self._say()
        if kind == "message" or was == "message":
            author = {"kind": "agent", "id": None, "name": str(self._socket.agent)}
            realtime.publish_to(
                realtime.customer_group(self.customer),
                "typing",
                conversation=self.public_id,
                author=author,
                kind="message",
                on=kind == "message",
            )

    def _say(self, *, greets: bool = False, leaves: bool = False) -> None:
        agent = self._socket.agent
        self._said = time.monotonic()
        saying = Saying(self._socket.name, str(agent.pk), str(agent), self._typing, greets, leaves)
        realtime.publish([(self._presence, saying.packed())])

    def _on_saying(self, payload: bytes) -> None:
        saying = Saying.unpacked(payload)
        if saying.socket == self._socket.name:
            return
        self._viewers.hear(saying)
        if saying.greets:
            self._say()
        self._tell()

    def _tell(self, *, always: bool = False) -> None:
        viewers = self._viewers.news()
        if viewers is None and always:
            viewers = []
        if viewers is not None:
            self._socket.send("presence", conversation=self.public_id, viewers=viewers)


def _key(named: Mapping[str, str] | None) -> int | None:
    return int(named["id"]) if named else None
