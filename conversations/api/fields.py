"""Fields that take exactly what they say: no number for a text, no text for a number, nothing nobody asked for.

They refuse by themselves, with the code and the name of the field, so that callers read the first thing that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from conversations.errors import BadRequest, TextRefused

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_KEY = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)

# What answers hold and no request can set.
_OURS = frozenset(
    """
    id reference number author at event data redacted version last_number last_public_number customer_read created_at
    customer touchpoint waiting_since snippet snippet_by merged_into state external_id verified addresses email role
    is_staff authz_version mentioned draft following last_seen_at
    """.split()  # noqa: SIM905 - thirty quotes would say no more
)


class Body(serializers.Serializer[Any]):
    """The object in a request. `parse` gives its values, or refuses."""

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The checked values; a field that was left out and has no default is left out here too.

        Raises:
            BadRequest, TextRefused: which field is wrong, and how.
        """
        fields = cls().fields
        for name in given:
            if name not in fields:
                raise _unwanted(name)
        return {name: value for name, field in fields.items() for value in _value(name, field, given)}


def _unwanted(name: str) -> BadRequest:
    if name in _OURS:
        return BadRequest("read_only_field", f"{name}: nobody sets this from outside.", field=name)
    return BadRequest("unknown_field", f"There is no field {name[:60]!r} here.", field=name[:60])


def _value(name: str, field: serializers.Field[Any, Any, Any, Any], given: Mapping[str, Any]) -> Sequence[Any]:
    if name not in given:
        if field.required:
            raise BadRequest("missing_field", f"The field {name!r} is missing.", field=name)
        return [] if field.default is serializers.empty else [field.get_default()]
    if given[name] is None and field.allow_null:
        return [None]
    return [field.to_internal_value(given[name])]


def wrong(name: str | None, expected: str) -> BadRequest:
    return BadRequest("invalid_type", f"{name}: expected {expected}.", field=name)


class Strict(serializers.Field[Any, Any, Any, Any]):
    """Checks; what answers look like is not its business."""

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(OpenApiTypes.STR)
class Text(Strict):
    """At most `limit` characters and no control characters."""

    def __init__(self, limit: int, **options: Any) -> None:
        self.limit = limit
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise wrong(self.field_name, "a string")
        if _CONTROL.search(data):
            message = "The text holds control characters; remove them."
            raise TextRefused("control_characters", message, field=self.field_name or "", status=400)
        if len(data) > self.limit:
            message = f"{len(data):,} characters; the limit is {self.limit:,}."
            raise TextRefused("text_too_long", message, field=self.field_name or "")
        return data


@extend_schema_field(OpenApiTypes.INT)
class Whole(Strict):
    """A whole number, 0 or more."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise wrong(self.field_name, "a whole number")
        if not 0 <= data < 2**31:
            raise BadRequest("number_out_of_range", f"{self.field_name}: 0 to {2**31 - 1:,}.", field=self.field_name)
        return data


@extend_schema_field(OpenApiTypes.BOOL)
class YesNo(Strict):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise wrong(self.field_name, "true or false")
        return data


class Word(serializers.ChoiceField):
    """One of a few words."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise wrong(self.field_name, "a string")
        if data not in self.choices:
            allowed = ", ".join(map(str, self.choices))
            raise BadRequest("unknown_value", f"{self.field_name}: one of {allowed}.", field=self.field_name)
        return data


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(Strict):
    """A time with its offset."""

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str):
            raise wrong(self.field_name, "a time in quotes")
        try:
            at = parse_datetime(data)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None or not 2000 <= at.year <= 2200:
            message = "Write a time that exists, like 2026-11-24T09:00:00Z."
            raise TextRefused("invalid_date", message, field=self.field_name or "")
        return at


@extend_schema_field(OpenApiTypes.UUID)
class Identifier(Strict):
    """A UUID, written the usual way."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not _UUID.fullmatch(data):
            raise wrong(self.field_name, "a UUID")
        return UUID(data)


@extend_schema_field(OpenApiTypes.STR)
class Key(Strict):
    """The id of an agent, team, topic, status or company, as answers give it."""

    def __init__(self, rows: QuerySet[Any], **options: Any) -> None:
        self.rows = rows
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Model:
        if not isinstance(data, str):
            raise wrong(self.field_name, "an id in quotes")
        found: Model | None = self.rows.all().filter(pk=int(data)).first() if _KEY.fullmatch(data) else None
        if found is None:
            raise BadRequest("unknown_value", f"{self.field_name}: there is none with this id.", field=self.field_name)
        return found


class ListOf(serializers.ListField):
    """Up to `most` of the same."""

    def __init__(self, child: Strict, most: int, least: int = 1, **options: Any) -> None:
        self.least, self.most = least, most
        super().__init__(child=child, **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            raise wrong(self.field_name, "a list")
        if not self.least <= len(data) <= self.most:
            message = f"{self.field_name}: {self.least} to {self.most} at once."
            raise BadRequest("unknown_value", message, field=self.field_name)
        return [self._item(index, value) for index, value in enumerate(data)]

    def _item(self, index: int, value: Any) -> Any:
        assert self.child is not None  # noqa: S101 - given to every list
        self.child.field_name = f"{self.field_name}.{index}"
        return self.child.to_internal_value(value)


class Values(serializers.DictField):
    """Names and values, whose types the desk defines."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise wrong(self.field_name, "an object")
        return data


def is_uuid(text: str) -> bool:
    return bool(_UUID.fullmatch(text))


def is_key(text: str) -> bool:
    return bool(_KEY.fullmatch(text))
