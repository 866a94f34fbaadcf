"""Frames that clients send, as values: parsed once, strictly, before anything acts on them.

A frame is looked up by its `type` in a literal table; nothing a client writes is ever used as a name
of anything of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from conversations.errors import BadRequest
from conversations.strict_json import MAX_SAFE_INTEGER, parse_object
from conversations.values import (
    MAX_ATTACHMENTS,
    Check,
    address,
    boolean,
    cursor,
    identifier,
    identifiers,
    integer,
    mentions,
    numbers,
    one_of,
    optional,
    page,
    text,
)

PROTOCOL: Final = 1


@dataclass(frozen=True, slots=True)
class Hello:
    protocol: int
    site: str
    token: str
    identity: str | None = None
    have: dict[UUID, int] = field(default_factory=dict)
    language: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class AgentHello:
    protocol: int


@dataclass(frozen=True, slots=True)
class Message:
    client_id: UUID
    conversation: UUID
    body: str = ""
    attachments: tuple[UUID, ...] = ()
    start: bool = False
    page: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AgentMessage:
    client_id: UUID
    conversation: UUID
    kind: str = "message"
    body: str = ""
    attachments: tuple[UUID, ...] = ()
    mentions: tuple[tuple[str, int], ...] = ()
    seen: int | None = None
    close: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    conversation: UUID
    after: int = -1


@dataclass(frozen=True, slots=True)
class Leave:
    conversation: UUID


@dataclass(frozen=True, slots=True)
class Sync:
    conversation: UUID
    after: int


@dataclass(frozen=True, slots=True)
class Earlier:
    conversation: UUID
    before: int


@dataclass(frozen=True, slots=True)
class Read:
    conversation: UUID
    number: int


@dataclass(frozen=True, slots=True)
class Typing:
    conversation: UUID
    on: bool
    kind: str = "message"


@dataclass(frozen=True, slots=True)
class Page:
    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Identify:
    identity: str


@dataclass(frozen=True, slots=True)
class Forget:
    pass


@dataclass(frozen=True, slots=True)
class Watch:
    view: str | None = None


Frame = (
    Hello | AgentHello | Message | AgentMessage | Open | Leave | Sync | Earlier
    | Read | Typing | Page | Identify | Forget | Watch
)  # fmt: skip


# Shapes of frames


@dataclass(frozen=True, slots=True)
class Shape:
    make: Callable[..., Frame]
    fields: Mapping[str, Check]
    required: frozenset[str]

    def read(self, values: dict[str, Any]) -> Frame:
        for name in values:
            if name not in self.fields:
                raise BadRequest("unknown_field", f"There is no field {name[:60]!r} in this frame.", field=name[:60])
        for name in self.required:
            if name not in values:
                raise BadRequest("missing_field", f"{name} is missing.", field=name)
        return self.make(**{name: self.fields[name](value, name) for name, value in values.items()})


def shape(make: Callable[..., Frame], required: Mapping[str, Check] | None = None, **others: Check) -> Shape:
    return Shape(make, {**(required or {}), **others}, frozenset(required or {}))


_CONVERSATION: Mapping[str, Check] = {"conversation": identifier}
_SYNC = shape(Sync, {**_CONVERSATION, "after": cursor(0)})
_EARLIER = shape(Earlier, {**_CONVERSATION, "before": cursor(1)})
_READ = shape(Read, {**_CONVERSATION, "number": cursor(0)})
_BODY = text(MAX_SAFE_INTEGER)  # its own limit, with its own code, is the verb's

MESSENGER: Final[Mapping[str, Shape]] = {
    "hello": shape(
        Hello,
        {"protocol": integer, "site": text(40), "token": text(100)},
        identity=optional(text(4096)),
        have=numbers,
        language=text(16),
        time_zone=text(64),
    ),
    "message": shape(
        Message,
        {**_CONVERSATION, "client_id": identifier},
        body=_BODY,
        attachments=identifiers(MAX_ATTACHMENTS),
        start=boolean,
        page=page,
    ),
    "sync": _SYNC,
    "earlier": _EARLIER,
    "read": _READ,
    "typing": shape(Typing, {**_CONVERSATION, "on": boolean}),
    "page": shape(Page, {"url": address}, title=text(300)),
    "identify": shape(Identify, {"identity": text(4096)}),
    "forget": shape(Forget),
}

INBOX: Final[Mapping[str, Shape]] = {
    "hello": shape(AgentHello, {"protocol": integer}),
    "open": shape(Open, _CONVERSATION, after=cursor(-1)),
    "leave": shape(Leave, _CONVERSATION),
    "message": shape(
        AgentMessage,
        {**_CONVERSATION, "client_id": identifier},
        kind=one_of("message", "note"),
        body=_BODY,
        attachments=identifiers(MAX_ATTACHMENTS),
        mentions=mentions,
        seen=optional(cursor(0)),
        close=boolean,
    ),
    "sync": _SYNC,
    "earlier": _EARLIER,
    "read": _READ,
    "typing": shape(Typing, {**_CONVERSATION, "on": boolean}, kind=one_of("message", "note")),
    "watch": shape(Watch, {"view": optional(text(60))}),
}


def parse(raw: str, table: Mapping[str, Shape]) -> Frame:
    """The frame in `raw`.

    Raises:
        BadRequest: with `field` where one is to blame.
    """
    values = parse_object(raw)
    kind = values.pop("type", None)
    found = table.get(kind) if isinstance(kind, str) else None
    if found is None:
        raise BadRequest("unknown_type", "There is no such frame. See the protocol.", field="type")
    return found.read(values)
