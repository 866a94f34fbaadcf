"""The only writer of parts: holds conversations under their row locks, numbers what is placed in
them, and writes parts, conversations and outbox together.

A batch of any size costs three statements: lock, look for retries, write. All locks are taken in
key order, so two batches cannot wait for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from conversations import realtime
from conversations.ids import uuid7
from conversations.parts import PUBLIC_EVENTS, Author, PartData
from conversations.rules import Head

_COLUMNS = tuple(f.name for f in fields(Head))
_CHANGEABLE: Mapping[str, str] = {
    "state": "text",
    "status_id": "bigint",
    "team_id": "bigint",
    "assignee_id": "bigint",
    "priority": "int",
    "topic_id": "bigint",
    "subject": "text",
    "snippet": "text",
    "snippet_by": "text",
    "waiting_since": "timestamptz",
    "snoozed_until": "timestamptz",
    "merged_into_id": "bigint",
    "last_number": "int",
    "last_public_number": "int",
    "customer_read": "int",
    "agents_read": "int",
    "last_part_at": "timestamptz",
    "closed_at": "timestamptz",
}
_PART_TYPES: Mapping[str, str] = {
    "id": "uuid",
    "conversation_id": "bigint",
    "number": "int",
    "public_number": "int",
    "kind": "text",
    "author_kind": "text",
    "customer_id": "bigint",
    "agent_id": "bigint",
    "client_id": "uuid",
    "fingerprint": "text",
    "body": "text",
    "event": "text",
    "data": "jsonb",
    "created_at": "timestamptz",
}


def _typed(types: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in types.items())


_LOCK = (
    f"SELECT {', '.join(_COLUMNS)} FROM conversations_conversation"  # noqa: S608 - our own names
    " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
)
# Two JSON arrays carry everything: building forty SQL arrays cost more than all the rest of a post.
_WRITE = f"""
WITH part AS (
    SELECT * FROM json_to_recordset(%s::json) AS p ({_typed(_PART_TYPES)})
), placed AS (
    INSERT INTO conversations_part ({", ".join(_PART_TYPES)}) SELECT * FROM part
), rung AS (
    INSERT INTO conversations_outboxrow (topic, conversation_id, part_id, available_at, attempts, error)
    SELECT 'part', conversation_id, id, created_at, 0, '' FROM part
)
UPDATE conversations_conversation AS c
SET {", ".join(f"{name} = n.{name}" for name in _CHANGEABLE)}
FROM json_to_recordset(%s::json) AS n (id bigint, {_typed(_CHANGEABLE)})
WHERE c.id = n.id
"""  # noqa: S608 - our own names; values go as parameters


@dataclass(slots=True)
class Ledger:
    """Conversations held for one transaction, and what was placed in them so far."""

    heads: dict[int, Head]
    was: dict[int, tuple[int | None, int | None]]  # team and assignee when the lock was taken
    placed: list[PartData] = field(default_factory=list)
    fingerprints: dict[UUID, str] = field(default_factory=dict)
    after_write: list[Callable[[], None]] = field(default_factory=list)  # in the same transaction
    _rows: list[tuple[Any, ...]] = field(default_factory=list)

    def place(
        self,
        head: Head,
        *,
        kind: str,
        author: Author,
        now: datetime,
        body: str = "",
        client_id: UUID | None = None,
        fingerprint: str = "",
        attachments: tuple[Mapping[str, Any], ...] = (),
        event: str = "",
        data: Mapping[str, Any] | None = None,
        public: bool = False,
    ) -> PartData:
        """Give the next number to a part of `head`. It exists once the transaction commits."""
        head.last_number += 1
        number, public_number = head.last_number, None
        if public:
            head.last_public_number += 1
            public_number = head.last_public_number
        head.last_part_at = now
        part = PartData(
            uuid7(now), head.public_id, number, public_number, kind, author, client_id, body,
            event, data or {}, now, attachments,
        )  # fmt: skip
        self.placed.append(part)
        self.fingerprints[part.id] = fingerprint
        self._rows.append(_row(part, head, fingerprint))
        return part

    def event(self, head: Head, name: str, *, by: Author, now: datetime, why: str = "", **data: Any) -> PartData:
        """Every change of state is an event part: who, what, when, why."""
        facts = {**data, "why": why} if why else data
        public = name in PUBLIC_EVENTS and facts.get("public_number", 0) is not None
        return self.place(head, kind="event", author=by, now=now, event=name, data=facts, public=public)

    def write(self) -> None:
        if not self.placed:
            return
        parts = [dict(zip(_PART_TYPES, row, strict=True)) for row in self._rows]
        heads = [self.heads[key] for key in {row[1] for row in self._rows}]
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [orjson.dumps(parts).decode(), orjson.dumps(heads).decode()])
        for consequence in self.after_write:
            consequence()

    def publish(self) -> None:
        """After the commit: sockets first, then workers."""
        keyed = [(self.heads[row[1]], part) for row, part in zip(self._rows, self.placed, strict=True)]
        realtime.publish_parts(keyed, self.was)
        realtime.ring()


@contextmanager
def hold(conversations: Iterable[int]) -> Iterator[Ledger]:
    """Lock conversations (primary keys) and let the caller place parts in them and change their heads.

    Rows that do not exist are simply absent from `heads`. Everything is written when the block ends
    and published after the commit; an exception inside the block undoes all of it.
    """
    with transaction.atomic():
        heads = _lock(sorted(set(conversations)))
        ledger = Ledger(heads, {key: (head.team_id, head.assignee_id) for key, head in heads.items()})
        yield ledger
        ledger.write()
        if ledger.placed:  # a retry changes nothing, so nobody hears of it
            transaction.on_commit(ledger.publish)


def _lock(keys: list[int]) -> dict[int, Head]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [keys])
        return {row[0]: Head(*row) for row in cursor.fetchall()}


def _row(part: PartData, head: Head, fingerprint: str) -> tuple[Any, ...]:
    author = part.author
    return (
        part.id,
        head.id,
        part.number,
        part.public_number,
        part.kind,
        author.kind,
        author.id if author.kind == "customer" else None,
        author.id if author.kind == "agent" else None,
        part.client_id,
        fingerprint,
        part.body,
        part.event,
        part.data,
        part.at,
    )
