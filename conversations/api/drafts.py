"""What an agent has begun to write."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations import actions
from conversations.api import shapes
from conversations.api.answers import Failure
from conversations.api.fields import Body, Text
from conversations.api.reading import ConversationView
from conversations.errors import NotFound
from conversations.models import Draft
from conversations.text import MAX_BODY

_KIND = OpenApiParameter("kind", str, "path", enum=Draft.Kind.values)
_VERSION = OpenApiParameter(
    "If-Match", str, "header", required=True, description='The version it was begun from, as in ETag: "3", or "0".'
)


class Words(Body):
    """The whole text."""

    body = Text(MAX_BODY)


class MyDraft(ConversationView):
    """The draft of this agent in this conversation."""

    @extend_schema(
        operation_id="drafts_retrieve",
        summary="A draft of mine",
        parameters=[shapes.CONVERSATION, _KIND],
        responses={200: shapes.Draft, **shapes.REFUSALS},
    )
    def get(self, request: Request, id: str, kind: str) -> Response:  # noqa: A002 - the name in the address
        found = Draft.objects.filter(conversation=self.conversation, agent=self.agent, kind=self.kind).first()
        return _answer(found or Draft(kind=self.kind, body="", version=0))

    @extend_schema(
        operation_id="drafts_update",
        summary="Save a draft of mine",
        description="Refused with edit_conflict when another device saved since the version you name.",
        parameters=[shapes.CONVERSATION, _KIND, _VERSION],
        request=Words,
        responses={
            200: shapes.Draft,
            **shapes.WRITING,
            412: shapes.Refusal,
            428: shapes.Refusal,
        },
    )
    def put(self, request: Request, id: str, kind: str) -> Response:  # noqa: A002
        which, body = self.kind, Words.parse(self.sent())["body"]
        version = _version(request.headers.get("If-Match", ""))
        draft = actions.save_draft(
            self.conversation, by=self.agent, kind=which, body=body, version=version, now=self.now
        )
        return _answer(draft)

    @property
    def kind(self) -> str:
        """Raises NotFound: there are only two."""
        kind: str = self.kwargs["kind"]
        if kind not in Draft.Kind.values:
            raise NotFound
        return kind


def _version(header: str) -> int:
    digits = header.strip().removeprefix('"').removesuffix('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise Failure(
            428, "edit_conflict", 'Send If-Match with the version you began from, like "3".', field="If-Match"
        )
    return int(digits)


def _answer(draft: Draft) -> Response:
    facts = {"kind": draft.kind, "body": draft.body, "version": draft.version, "at": draft.updated_at}
    return Response(facts, headers={"ETag": f'"{draft.version}"'})
