"""Typed attributes: whether a value is what its definition says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, Protocol

from people.errors import Refused
from people.names import one_line

MAX_TEXT = 1000
MAX_NUMBER = 2**53  # what JSON carries everywhere


class Definition(Protocol):
    """One attribute a desk keeps."""

    @property
    def key(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def choices(self) -> Sequence[str]: ...


def checked(values: Mapping[str, Any], definitions: Mapping[str, Definition]) -> dict[str, Any]:
    """The values as they are stored; None stands for "take it away".

    Raises:
        Refused: an attribute the desk does not keep, or a value of another type.
    """
    return {key: _checked(key, value, definitions) for key, value in values.items()}


def accepted(values: Mapping[str, Any], definitions: Mapping[str, Definition]) -> dict[str, Any]:
    """Those values that can be stored; a site may sign more than the desk keeps."""
    kept = {}
    for key in values.keys() & definitions.keys():
        with suppress(Refused):
            kept[key] = _checked(key, values[key], definitions)
    return kept


def merged(stored: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept after `values` were set."""
    return {key: value for key, value in {**stored, **values}.items() if value is not None}


def _checked(key: str, value: object, definitions: Mapping[str, Definition]) -> Any:
    definition = definitions.get(key)
    if definition is None:
        raise Refused("unknown_field", f"This desk keeps no attribute {key[:60]!r}.", field=f"attributes.{key[:60]}")
    return None if value is None else _CHECKS[definition.type](definition, value)


def _text(definition: Definition, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(definition, "a string")
    if len(value) > MAX_TEXT:
        message = f"{len(value):,} characters; the limit is {MAX_TEXT:,}."
        raise Refused("text_too_long", message, field=_field(definition), status=422)
    return one_line(value, MAX_TEXT)


def _number(definition: Definition, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_NUMBER:
        raise _wrong(definition, "a number")
    return value


def _boolean(definition: Definition, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(definition, "true or false")
    return value


def _date(definition: Definition, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(definition, "a date in quotes")
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        message = "Write a date that exists, like 2026-03-02."
        raise Refused("invalid_date", message, field=_field(definition), status=422) from None


def _choice(definition: Definition, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(definition, "a string")
    if value not in definition.choices:
        raise Refused("unknown_value", f"Choose one of: {', '.join(definition.choices)}.", field=_field(definition))
    return value


_CHECKS: Mapping[str, Callable[[Definition, object], Any]] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
}


def _wrong(definition: Definition, expected: str) -> Refused:
    field = _field(definition)
    return Refused("invalid_type", f"{field}: expected {expected}.", field=field)


def _field(definition: Definition) -> str:
    return f"attributes.{definition.key}"
