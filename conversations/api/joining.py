"""Two conversations that become one, and one that becomes two."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations import actions, sessions
from conversations.api import shapes
from conversations.api.fields import Body, Identifier, ListOf, Text, Whole
from conversations.api.nouns import noun
from conversations.api.reading import ConversationView


class Into(Body):
    """Where it goes on."""

    into = Identifier(help_text="A conversation of the same customer.")
    why = Text(500, default="")


class Merge(ConversationView):
    """Whether it went on in another one."""

    @noun("Merge it into another conversation of its customer", Into)
    def put(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
        given = Into.parse(self.sent())
        into = sessions.visible(self.agent, given["into"])
        actions.merge(self.conversation, into=into, by=self.agent, now=self.now, why=given["why"])
        return Response(self.row())

    @noun("Take it out again")
    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        actions.unmerge(self.conversation, by=self.agent, now=self.now)
        return Response(self.row())


class Numbers(Body):
    """Which parts, and the id of the new conversation."""

    numbers = ListOf(Whole(), most=200)
    conversation = Identifier(help_text="Made by you, a UUIDv4; sent again it returns what the first request made.")


class Split(ConversationView):
    """A conversation that comes of this one."""

    @extend_schema(
        operation_id="conversations_split",
        summary="Copy messages into a new conversation",
        parameters=[shapes.CONVERSATION],
        request=Numbers,
        responses={201: shapes.Row, **shapes.WRITING},
    )
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        given = Numbers.parse(self.sent())
        key: UUID = given["conversation"]
        new = actions.split(self.conversation, numbers=given["numbers"], by=self.agent, now=self.now, public_id=key)
        return Response(self.row(new), status=201)
