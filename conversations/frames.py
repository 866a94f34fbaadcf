"""Frames that clients send, as values: parsed once, strictly, before anything acts on them.

A frame is looked up by its `type` in a literal table; nothing a client writes is ever used as a name
of anything of ours.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from conversations.errors import BadRequest
from conversations.strict_json import MAX_SAFE_INTEGER, parse_object

PROTOCOL: Final = 1
MAX_ATTACHMENTS: Final = 10
MAX_HAVE: Final = 100
MAX_MENTIONS: Final = 20

Check = Callable[[Any, str], Any]


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


# Checks of single values


def _refuse(field_name: str, expected: str) -> BadRequest:
    return BadRequest("invalid_type", f"{field_name}: expected {expected}.", field=field_name)


def text(limit: int) -> Check:
    def check(value: Any, name: str) -> str:
        if not isinstance(value, str):
            raise _refuse(name, "a string")
        if len(value) > limit:
            raise BadRequest("text_too_long", f"{name}: {len(value):,} characters; the limit is {limit:,}.", field=name)
        return value

    return check


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def identifier(value: Any, name: str) -> UUID:
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise _refuse(name, "a UUID")
    return uuid.UUID(value)


def integer(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _refuse(name, "a whole number")
    return value


def cursor(lowest: int) -> Check:
    def check(value: Any, name: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= 2**31 - 1:
            raise BadRequest("invalid_cursor", f"{name}: expected a part's number.", field=name)
        return value

    return check


def boolean(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise _refuse(name, "true or false")
    return value


def one_of(*allowed: str) -> Check:
    def check(value: Any, name: str) -> str:
        if not isinstance(value, str):
            raise _refuse(name, "a string")
        if value not in allowed:
            raise BadRequest("unknown_value", f"{name}: one of {', '.join(allowed)}.", field=name)
        return value

    return check


def optional(check: Check) -> Check:
    return lambda value, name: None if value is None else check(value, name)


def identifiers(limit: int) -> Check:
    def check(value: Any, name: str) -> tuple[UUID, ...]:
        if not isinstance(value, list):
            raise _refuse(name, "a list of UUIDs")
        if len(value) > limit:
            raise BadRequest("too_many_files", f"{name}: at most {limit}.", field=name)
        return tuple(dict.fromkeys(identifier(each, name) for each in value))

    return check


_MENTION = re.compile(r"(agent|team):([0-9]{1,15})", re.ASCII)


def mentions(value: Any, name: str) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, list) or len(value) > MAX_MENTIONS:
        raise _refuse(name, f"a list of at most {MAX_MENTIONS}")
    found = [_MENTION.fullmatch(each) if isinstance(each, str) else None for each in value]
    if not all(found):
        raise _refuse(name, 'a list like ["agent:3", "team:2"]')
    return tuple(dict.fromkeys((match[1], int(match[2])) for match in found if match))


def numbers(value: Any, name: str) -> dict[UUID, int]:
    if not isinstance(value, dict) or len(value) > MAX_HAVE:
        raise _refuse(name, f"an object with at most {MAX_HAVE} conversations")
    number = cursor(0)
    return {identifier(key, name): number(each, name) for key, each in value.items()}


def page(value: Any, name: str) -> dict[str, str]:
    """Where the customer is. Queries and fragments may hold secrets, so they are cut off here too."""
    if not isinstance(value, dict) or not set(value) <= {"url", "title"}:
        raise _refuse(name, "an object with url and title")
    return {"url": address(value.get("url", ""), name), "title": text(300)(value.get("title", ""), name)}


def address(value: Any, name: str) -> str:
    url: str = text(2000)(value, name)
    bare = re.split(r"[?#]", url, maxsplit=1)[0]
    return bare if bare.startswith(("https://", "http://")) else ""


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
