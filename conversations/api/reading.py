"""Conversations and their parts, to read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations import lists, serializers, sessions
from conversations.api import shapes
from conversations.api.entry import ApiView
from conversations.api.fields import is_uuid
from conversations.api.listing import Order, Question, page
from conversations.errors import BadRequest, NotFound
from conversations.models import Conversation, SearchDocument, State
from conversations.models.conversation import ConversationQuerySet
from conversations.search.query import parse
from people.models import Agent

NEWEST, OLDEST = Order("last_part_at", descending=True), Order("last_part_at")
WAITING = Order("waiting_since")
ORDERS: Mapping[str, Order] = {
    "-at": NEWEST,
    "at": OLDEST,
    "waiting_since": WAITING,
    "-created_at": Order("created_at", descending=True),
}

_FILTERS = [
    OpenApiParameter("view", str, description=f"A view of the inbox: {', '.join(lists.VIEWS)}, team-<id>."),
    OpenApiParameter("state", str, enum=shapes.STATES),
    OpenApiParameter("team", str, description="A team's id, or none."),
    OpenApiParameter("assignee", str, description="An agent's id, or none."),
    OpenApiParameter("tag", str, description="A tag's name."),
    OpenApiParameter("customer", str, description="A customer's id."),
    OpenApiParameter("q", str, description="Words of a message or note, a reference, or part of the customer's name."),
    OpenApiParameter("sort", str, enum=list(ORDERS), description="waiting_since lists only those who wait."),
    shapes.CURSOR,
    shapes.LIMIT,
]  # fmt: skip


class ConversationView(ApiView):
    """An address below one conversation."""

    @cached_property
    def conversation(self) -> Conversation:
        """Through the agent, so that what is not theirs is not there.

        Raises:
            NotFound: there is none, or it is out of sight.
        """
        text: str = self.kwargs["id"]
        if not is_uuid(text):
            raise NotFound
        return sessions.visible(self.agent, UUID(text))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Look for it before looking at the body: what is wrong with a body must not tell whether there is one."""
        super().initial(request, *args, **kwargs)
        _ = self.conversation

    def row(self, conversation: Conversation | None = None) -> dict[str, Any] | None:
        """As it is now; None when it has left the agent's sight."""
        try:
            found = sessions.visible(self.agent, (conversation or self.conversation).public_id)
        except NotFound:
            return None
        return serializers.rows([found], self.agent)[0]


class Conversations(ApiView):
    """The conversations this agent may see."""

    @extend_schema(
        operation_id="conversations_list",
        summary="List conversations",
        parameters=_FILTERS,
        responses={200: shapes.page_of(shapes.Row), **shapes.REFUSALS},
    )
    def get(self, request: Request) -> Response:
        question = Question(request.query_params)
        order = question.order(ORDERS, "-at")
        rows = _filtered(Conversation.objects.visible_to(self.agent), question, self.agent)
        question.done()
        if order is WAITING:
            rows = rows.waiting()
        rows = rows.select_related(*serializers.ROW_RELATIONS).prefetch_related("tags")
        return Response(page(rows, question, self.agent, order, lambda found: serializers.rows(found, self.agent)))


def _filtered(rows: ConversationQuerySet, question: Question, agent: Agent) -> ConversationQuerySet:
    if (slug := question.take("view")) is not None:
        rows = _view(slug, agent).select(rows, agent)
    if (state := question.word("state", {each.value: each for each in State})) is not None:
        rows = rows.filter(state=state)
    for name, column in (("team", "team"), ("assignee", "assignee")):
        if (key := question.key(name)) is not None:
            rows = rows.filter(**({f"{column}__isnull": True} if key == "none" else {column: key}))
    if (tag := question.take("tag")) is not None:
        rows = rows.filter(tags__name__iexact=_plain(tag))
    if (customer := question.take("customer")) is not None:
        rows = rows.filter(customer__public_id=UUID(customer)) if is_uuid(customer) else rows.none()
    if (text := question.take("q")) is not None:
        rows = rows.filter(_says(text))
    return rows


def _says(text: str) -> Q:
    query = parse(text)
    sql, values = query.sql()
    documents = SearchDocument.objects.extra(where=[f"vector @@ ({sql})"], params=values)  # noqa: S610 - built by `Query`
    return (
        Q(pk__in=documents.values("conversation"))
        | Q(pk__in=query.references)
        | Q(customer__name__icontains=query.text, customer__name__gt="")
    )


def _view(slug: str, agent: Agent) -> lists.View:
    try:
        return lists.view_named(slug, agent)
    except NotFound:
        raise BadRequest("unknown_value", f"view: one of {', '.join(lists.VIEWS)}.", field="view") from None


def _plain(text: str) -> str:
    if any(ord(sign) < 32 for sign in text):
        raise BadRequest("control_characters", "The filter holds control characters; remove them.", field="tag")
    return text


class OneConversation(ConversationView):
    """A conversation."""

    @extend_schema(
        operation_id="conversations_retrieve",
        summary="One conversation",
        parameters=[shapes.CONVERSATION],
        responses={200: shapes.Detail, **shapes.REFUSALS},
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
        found = self.conversation
        more = {"attributes": found.attributes, "created_at": found.created_at}
        return Response({**serializers.rows([found], self.agent)[0], **more})


class PartsToRead(ConversationView):
    """The timeline of a conversation."""

    @extend_schema(
        operation_id="parts_list",
        summary="Parts of a conversation",
        description="The last ones, or those `after` a number, or those `before` one; always ascending.",
        parameters=[
            shapes.CONVERSATION,
            OpenApiParameter("after", int, description="Parts with higher numbers."),
            OpenApiParameter("before", int, description="Parts with lower numbers."),
            shapes.LIMIT,
        ],
        responses={200: shapes.PartPage, **shapes.REFUSALS},
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        question = Question(request.query_params)
        after, before, limit = question.number("after"), question.number("before"), question.limit()
        question.done()
        if after is not None and before is not None:
            raise BadRequest("invalid_cursor", "Ask for parts after a number or before one, not both.", field="before")
        rows = self.conversation.parts.order_by("number" if after is not None else "-number")
        if after is not None:
            rows = rows.filter(number__gt=after)
        elif before is not None:
            rows = rows.filter(number__lt=before)
        found = serializers.stored_parts(rows[: limit + 1])
        shown = sorted(found[:limit], key=lambda part: part.number)
        return Response(
            {
                "parts": [part.for_agents() for part in shown],
                "last_number": self.conversation.last_number,
                "more": len(found) > limit,
            }
        )
