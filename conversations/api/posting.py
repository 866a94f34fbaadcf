"""Messages and notes, written."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations import actions, serializers
from conversations.api import shapes
from conversations.api.fields import Body, Identifier, ListOf, Text, Whole, Word, YesNo
from conversations.api.nouns import noun
from conversations.api.reading import ConversationView, PartsToRead
from conversations.errors import BadRequest, NotFound, SlowDown
from conversations.models import Part
from conversations.parts import NewPart
from conversations.scopes import scope_of
from conversations.text import MAX_BODY, clean_body
from conversations.values import MAX_ATTACHMENTS, MAX_MENTIONS
from people.limits import Limit
from people.models import Agent, Team

MESSAGES = Limit("messages by API", most=10, seconds=10)
_MENTIONED = {"agent": Agent.objects.filter(is_active=True), "team": Team.objects.all()}


class NewMessage(Body):
    """A message to the customer, or a note to colleagues."""

    kind = Word(choices=["message", "note"], default="message")
    body = Text(MAX_BODY, default="", help_text="May be empty where there are attachments.")
    client_id = Identifier(help_text="Made by you. Sent again it returns what the first request made.")
    attachments = ListOf(Identifier(), most=MAX_ATTACHMENTS, least=0, default=list)
    mentions = ListOf(Text(40), most=MAX_MENTIONS, least=0, default=list, help_text="agent:3, team:2; notes only.")
    seen = Whole(required=False, help_text="The last number you have seen; refused when somebody wrote since.")
    close = YesNo(default=False, help_text="Close the conversation afterwards.")


_EXAMPLE = OpenApiExample(
    "A reply",
    request_only=True,
    value={"client_id": "0b0c8f0e-3f36-4b27-a7c0-6a2a3f1f6a0e", "body": "It goes away by itself."},
)


class Parts(PartsToRead):
    """The timeline of a conversation, and its end, where one writes."""

    @extend_schema(
        operation_id="parts_create",
        summary="Write a message or a note",
        description="201 when it was written now, 200 when the same client_id was written before.",
        parameters=[shapes.CONVERSATION],
        request=NewMessage,
        examples=[_EXAMPLE, shapes.PART_EXAMPLE],
        responses={201: shapes.Part, 200: shapes.Part, **shapes.WRITING},
    )
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        given = NewMessage.parse(self.sent())
        if wait := MESSAGES.take(f"{self.agent.pk} {self.conversation.pk}"):
            raise SlowDown(wait)
        new = NewPart(
            self.conversation.pk,
            given["kind"],
            serializers.agent_author(self.agent),
            clean_body(given["body"], may_be_empty=bool(given["attachments"])),
            given["client_id"],
            tuple(given["attachments"]),
            _mentions(given["mentions"], given["kind"]),
            seen=given.get("seen"),
            then_close=given["close"],
            scope=scope_of(self.agent),
        )
        posted = actions.post_one(new, now=self.now)
        return Response(posted.part.for_agents(), status=201 if posted.created else 200)


def _mentions(given: list[str], kind: str) -> tuple[tuple[str, int], ...]:
    if given and kind != "note":
        raise BadRequest("unknown_value", "Only notes can mention somebody.", field="mentions")
    return tuple(dict.fromkeys(_mention(text) for text in given))


def _mention(text: str) -> tuple[str, int]:
    kind, _, key = text.partition(":")
    known = kind in _MENTIONED and key.isascii() and key.isdigit() and len(key) < 19
    if not known or not _MENTIONED[kind].filter(pk=int(key)).exists():
        raise BadRequest(
            "unknown_value", f"There is no {text[:40]!r} to mention: agent:<id> or team:<id>.", field="mentions"
        )
    return kind, int(key)


class Redaction(Body):
    """Why a message is removed."""

    why = Text(500, default="")


class Redact(ConversationView):
    """Whether a part still says what it said."""

    @noun("Empty a message or note for good", Redaction, parameters=[shapes.NUMBER], optional=True)
    def post(self, request: Request, id: str, number: str) -> Response:  # noqa: A002
        given = Redaction.parse(self.sent(optional=True))
        actions.redact(self.part(number), by=self.agent, now=self.now, why=given["why"])
        return Response(self.row())

    def part(self, number: str) -> Part:
        """Of this conversation, so that a number of another one leads nowhere."""
        known = number.isascii() and number.isdigit() and len(number) < 10
        found = self.conversation.parts.filter(number=int(number)).first() if known else None
        if found is None:
            raise NotFound
        return found
