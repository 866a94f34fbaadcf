"""The one form of a part, and what a verb is given to make one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

# Events a customer may see, with the facts each may carry to them.
PUBLIC_EVENTS: Mapping[str, tuple[str, ...]] = {
    "closed": (),
    "reopened": (),
    "merged": ("into",),
    "unmerged": (),
    "redacted": ("public_number",),
}


@dataclass(frozen=True, slots=True)
class Author:
    """Who did it: `kind` is customer, agent or system; `id` the row's key (None for the system)."""

    kind: str
    id: int | None = None
    name: str = ""
    public_id: str | None = None  # what the other side may know of a customer


SYSTEM = Author("system", None, "Parley")


@dataclass(frozen=True, slots=True)
class Scope:
    """What an agent may see, as far as a conversation's own row can tell."""

    agent: int
    everything: bool
    teams: frozenset[int] = frozenset()
    following: frozenset[int] = frozenset()

    def covers(self, conversation: int, team: int | None, assignee: int | None) -> bool:
        return (
            self.everything
            or team is None
            or team in self.teams
            or assignee == self.agent
            or conversation in self.following
        )


@dataclass(frozen=True, slots=True)
class NewPart:
    """A message or note to be posted in the conversation with key `conversation`."""

    conversation: int
    kind: str  # message | note
    author: Author
    body: str
    client_id: UUID | None = None
    attachments: tuple[UUID, ...] = ()
    mentions: tuple[tuple[str, int], ...] = ()  # ("agent" | "team", key)
    token_hash: str = ""  # of the messenger that uploaded the attachments
    seen: int | None = None  # last number the agent had on screen
    then_close: bool = False
    scope: Scope | None = None  # checked under the lock; None: the caller has checked

    def fingerprint(self) -> str:
        """Tells a retry from another message that reuses its client_id. A conversation has one customer, whose key
        changes when an anonymous visitor turns out to be somebody; which of many agents it was matters."""
        who = str(self.author.id) if self.author.kind == "agent" else ""
        text = "\x1f".join((self.kind, self.author.kind, who, self.body, *map(str, sorted(self.attachments))))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class PartData:
    """A part as the wire, the REST API and webhooks know it."""

    id: UUID
    conversation: UUID
    number: int
    public_number: int | None
    kind: str
    author: Author
    client_id: UUID | None
    body: str
    event: str
    data: Mapping[str, Any]
    at: datetime
    attachments: tuple[Mapping[str, Any], ...] = field(default=())
    redacted: bool = False

    def for_agents(self) -> dict[str, Any]:
        return self._json(self.number, self._agent_author(), dict(self.data))

    def for_customers(self) -> dict[str, Any]:
        """Only for parts with a public number; facts are cut down to the public ones."""
        if self.public_number is None:
            raise ValueError("a part without a public number has no public form")
        facts = {key: self.data[key] for key in PUBLIC_EVENTS.get(self.event, ()) if key in self.data}
        if "public_number" in facts:
            facts["number"] = facts.pop("public_number")
        author = {"kind": self.author.kind, "id": None, "name": self.author.name}
        return self._json(self.public_number, author, facts)

    def _agent_author(self) -> dict[str, Any]:
        author = self.author
        known = author.public_id if author.kind == "customer" else author.id
        return {"kind": author.kind, "id": None if known is None else str(known), "name": author.name}

    def _json(self, number: int, author: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": self.id,
            "conversation": self.conversation,
            "number": number,
            "kind": self.kind,
            "author": author,
            "client_id": self.client_id,
            "body": self.body,
            "attachments": self.attachments,
            "event": self.event or None,
            "data": data,
            "at": self.at,
            "redacted": self.redacted,
        }
