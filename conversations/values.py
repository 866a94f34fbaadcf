"""Values inside frames: each check gives a value as the desk uses it, or refuses it by its field's name."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from conversations.errors import BadRequest
from people.names import one_line

MAX_ATTACHMENTS: Final = 10
MAX_HAVE: Final = 100
MAX_MENTIONS: Final = 20

Check = Callable[[Any, str], Any]


def _refuse(field_name: str, expected: str) -> BadRequest:
    return BadRequest("invalid_type", f"{field_name}: expected {expected}.", field=field_name)


_LINE = 4096  # up to here a text is a value of one line; what is longer is cleaned by its verb
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def text(limit: int) -> Check:
    def check(value: Any, name: str) -> str:
        found = _string(value, name, limit)
        if limit <= _LINE and _CONTROL.search(found):
            raise BadRequest("control_characters", f"{name}: remove the control characters.", field=name)
        return found

    return check


def _string(value: Any, name: str, limit: int) -> str:
    if not isinstance(value, str):
        raise _refuse(name, "a string")
    if len(value) > limit:
        raise BadRequest("text_too_long", f"{name}: {len(value):,} characters; the limit is {limit:,}.", field=name)
    return value


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
    """Where the customer is. Queries and fragments may hold secrets, so they are cut off here too. The title is
    whatever a site wrote, and must not keep its customers from writing."""
    if not isinstance(value, dict) or not set(value) <= {"url", "title"}:
        raise _refuse(name, "an object with url and title")
    return {"url": address(value.get("url", ""), name), "title": one_line(_string(value.get("title", ""), name, 300))}


def address(value: Any, name: str) -> str:
    url: str = text(2000)(value, name)
    bare = re.split(r"[?#]", url, maxsplit=1)[0]
    return bare if bare.startswith(("https://", "http://")) else ""
