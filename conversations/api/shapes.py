"""What answers look like, for the reference. The values themselves come from `conversations.serializers`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers
from rest_framework.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    DateTimeField,
    DictField,
    IntegerField,
    ListField,
    UUIDField,
)

STATES = ["open", "snoozed", "closed"]
PRIORITIES = ["low", "normal", "high", "urgent"]


class Shape(serializers.Serializer[Any]):
    """Read only."""


class Named(Shape):
    """An agent, team, topic, status or company."""

    id = CharField()
    name = CharField()


class Writer(Shape):
    """Who wrote a part."""

    kind = ChoiceField(["customer", "agent", "system"])
    id = CharField(allow_null=True)
    name = CharField()


class FileFacts(Shape):
    """A file that hangs on a part; `GET /inbox/files/<id>` makes a link to it."""

    id = UUIDField()
    name = CharField()
    media_type = CharField()
    size = IntegerField()
    width = IntegerField(allow_null=True)
    height = IntegerField(allow_null=True)
    removed = BooleanField()


class Part(Shape):
    """A message, a note or an event, as sockets and webhooks know it too."""

    id = UUIDField()
    conversation = UUIDField()
    number = IntegerField()
    kind = ChoiceField(["message", "note", "event"])
    author = Writer()
    client_id = UUIDField(allow_null=True)
    body = CharField(allow_blank=True)
    attachments = ListField(child=FileFacts())
    event = CharField(allow_null=True)
    data = DictField()  # type: ignore[assignment]  # a field's name, not the property
    at = DateTimeField()
    redacted = BooleanField()


class Asker(Shape):
    """Who asks, as rows name them."""

    id = UUIDField()
    name = CharField()
    verified = BooleanField()


class Row(Shape):
    """A conversation as this agent sees it."""

    id = UUIDField()
    reference = CharField()
    version = IntegerField()
    state = ChoiceField(STATES)
    status = Named(allow_null=True)
    subject = CharField()
    snippet = CharField()
    snippet_by = CharField()
    customer = Asker()
    assignee = Named(allow_null=True)
    team = Named(allow_null=True)
    priority = ChoiceField(PRIORITIES)
    topic = Named(allow_null=True)
    tags = ListField(child=CharField())
    touchpoint = CharField()
    waiting_since = DateTimeField(allow_null=True)
    snoozed_until = DateTimeField(allow_null=True)
    last_number = IntegerField()
    last_public_number = IntegerField()
    customer_read = IntegerField()
    read = IntegerField()
    at = DateTimeField()
    mentioned = BooleanField()
    draft = BooleanField()
    following = BooleanField()
    merged_into = UUIDField(allow_null=True)


class Detail(Row):
    """A row and what lists leave out."""

    attributes = DictField()
    created_at = DateTimeField()


class Draft(Shape):
    """What this agent has begun to write."""

    kind = ChoiceField(["reply", "note"])
    body = CharField()
    version = IntegerField()
    at = DateTimeField(allow_null=True)


class AddressFacts(Shape):
    """A way to reach a customer."""

    kind = ChoiceField(["email", "phone"])
    value = CharField()
    verified = BooleanField()


class Customer(Shape):
    """Who asks."""

    id = UUIDField()
    external_id = CharField(allow_null=True)
    verified = BooleanField()
    name = CharField()
    addresses = ListField(child=AddressFacts())
    company = Named(allow_null=True)
    plan = CharField()
    language = CharField()
    time_zone = CharField()
    country = CharField()
    attributes = DictField()
    last_seen_at = DateTimeField(allow_null=True)
    created_at = DateTimeField()


class Company(Shape):
    """Whom customers belong to."""

    id = CharField()
    name = CharField()
    domain = CharField()
    plan = CharField()
    attributes = DictField()
    created_at = DateTimeField()


class Agent(Shape):
    """Who answers."""

    id = CharField()
    name = CharField()
    email = CharField()
    role = ChoiceField(["agent", "manager", "admin"])
    teams = ListField(child=Named())
    availability = ChoiceField(["online", "away", "offline"])
    away_reason = CharField()
    languages = ListField(child=CharField())
    active = BooleanField()


class Team(Shape):
    """A group of agents at one escalation level."""

    id = CharField()
    name = CharField()
    tier = IntegerField()
    specialty = CharField()


class Topic(Shape):
    """What a conversation can be about."""

    id = CharField()
    name = CharField()
    description = CharField()


class Tag(Shape):
    """A tag."""

    id = CharField()
    name = CharField()


class Status(Shape):
    """A desk's own name for one of the three states."""

    id = CharField()
    name = CharField()
    state = ChoiceField(STATES)


class Problem(Shape):
    """What was wrong, and what to do."""

    code = CharField()
    message = CharField()
    field = CharField(allow_null=True)
    request_id = CharField()


class Refusal(Shape):
    """Every answer of 400 and above."""

    error = Problem()


class PartPage(Shape):
    """Parts of one conversation, ascending; `more` when there are others in the direction of reading."""

    parts = ListField(child=Part())
    last_number = IntegerField()
    more = BooleanField()


def page_of(shape: type[Shape]) -> Any:
    """A page of a list."""
    fields = {"results": shape(many=True), "next": CharField(allow_null=True)}
    return inline_serializer(f"{shape.__name__}Page", fields)


PART_EXAMPLE = OpenApiExample(
    "A reply",
    response_only=True,
    value={
        "id": "019ab0f2-7f1e-7cc2-9d0b-5f0a4c7a1b22",
        "conversation": "6f2d0a52-5d0e-4f5c-9e55-0a4f5a0a0d11",
        "number": 7,
        "kind": "message",
        "author": {"kind": "agent", "id": "3", "name": "Anna Berg"},
        "client_id": "0b0c8f0e-3f36-4b27-a7c0-6a2a3f1f6a0e",
        "body": "It goes away by itself.",
        "attachments": [],
        "event": None,
        "data": {},
        "at": "2026-11-23T18:35:00.123456Z",
        "redacted": False,
    },
)
REFUSAL_EXAMPLE = OpenApiExample(
    "Refused",
    response_only=True,
    status_codes=["400"],
    value={
        "error": {
            "code": "unknown_field",
            "message": "There is no field 'boddy' here.",
            "field": "boddy",
            "request_id": "5f0a4c7a1b22",
        }
    },
)

REFUSALS: dict[int | str, Any] = {
    400: OpenApiResponse(Refusal, "The request cannot be read; the code says why.", [REFUSAL_EXAMPLE]),
    401: OpenApiResponse(Refusal, "Nobody is signed in, or the token is not valid."),
    404: OpenApiResponse(Refusal, "Does not exist, or is not yours to see: the same answer."),
    429: OpenApiResponse(Refusal, "Too much at once; Retry-After says when to come back."),
}
WRITING: dict[int | str, Any] = {
    **REFUSALS,
    403: OpenApiResponse(Refusal, "Your role, or the scope of the token, does not allow that."),
    409: OpenApiResponse(Refusal, "Something else happened first; the code says what."),
    415: OpenApiResponse(Refusal, "The body is not JSON."),
    422: OpenApiResponse(Refusal, "A value that cannot be."),
}

CONVERSATION = OpenApiParameter("id", OpenApiTypes.UUID, "path", description="The conversation's public id.")
NUMBER = OpenApiParameter("number", OpenApiTypes.INT, "path", description="The part's number (agents' numbering).")
CURSOR = OpenApiParameter("cursor", str, description="`next` of the page before.")
LIMIT = OpenApiParameter("limit", int, description="Rows on a page, 1 to 100; 50 if left out.")
