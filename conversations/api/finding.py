"""Search, within what the agent may see."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BooleanField, CharField, ChoiceField, DictField, IntegerField, ListField

from conversations import search, serializers
from conversations.api import shapes
from conversations.api.entry import ApiView
from conversations.api.listing import Question
from conversations.api.people import customer
from conversations.errors import BadRequest


class Segment(shapes.Shape):
    """A stretch of text, and whether it is what was looked for."""

    text = CharField()
    hit = BooleanField()


class Hit(shapes.Shape):
    """A conversation, and why it was found."""

    conversation = shapes.Row()
    kind = ChoiceField(["message", "note", "customer", "reference"])
    snippet = ListField(child=Segment())
    part_number = IntegerField(allow_null=True)


class Person(shapes.Shape):
    """A customer whose name, address or company resembles what was typed."""

    customer = shapes.Customer()
    address = CharField()
    conversations = IntegerField()


class Findings(shapes.Shape):
    """What was found; `corrected` says which words were taken for others."""

    results = ListField(child=Hit())
    people = ListField(child=Person())
    corrected = DictField(child=CharField())
    next = CharField(allow_null=True)


class Search(ApiView):
    """Messages, notes, people and references."""

    @extend_schema(
        operation_id="search",
        summary='Search: words, "phrases", -words, #references',
        parameters=[OpenApiParameter("q", str, required=True, description="At most 200 characters."), shapes.CURSOR],
        responses={200: Findings, **shapes.REFUSALS},
    )
    def get(self, request: Request) -> Response:
        question = Question(request.query_params)
        text = question.take("q")
        question.done()
        if text is None:
            raise BadRequest("missing_field", "Say what to look for: ?q=", field="q")
        return Response(self._json(search.search(self.agent, text, question.given.get("cursor"))))

    def _json(self, found: search.Found) -> dict[str, Any]:
        rows = serializers.rows([result.conversation for result in found.results], self.agent)
        return {
            "results": [
                {
                    "conversation": row,
                    "kind": result.kind,
                    "snippet": list(result.snippet),
                    "part_number": result.part_number,
                }
                for row, result in zip(rows, found.results, strict=True)
            ],
            "people": [
                {"customer": customer(each.customer), "address": each.address, "conversations": each.conversations}
                for each in found.people
            ],
            "corrected": dict(found.corrected),
            "next": found.next,
        }
