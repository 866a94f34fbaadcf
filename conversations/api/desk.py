"""What a desk sorts its conversations by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations.api import shapes
from conversations.api.entry import ApiView
from conversations.api.listing import BY_KEY, Question, page
from conversations.models import Status, Tag, Topic

F = TypeVar("F", bound=Callable[..., Response])


class Choices(ApiView):
    """A list of what one may choose from."""

    def choices(self, rows: QuerySet[Any, Any], *facts: str) -> Response:
        question = Question(self.request.query_params)
        question.done()
        return Response(page(rows, question, self.agent, BY_KEY, lambda some: [_facts(row, facts) for row in some]))


def _facts(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {"id": str(row.pk), **{name: getattr(row, name) for name in names}}


def _listed(operation: str, summary: str, shape: type[shapes.Shape]) -> Callable[[F], F]:
    return extend_schema(
        operation_id=operation,
        summary=summary,
        parameters=[shapes.CURSOR, shapes.LIMIT],
        responses={200: shapes.page_of(shape), **shapes.REFUSALS},
    )


class Topics(Choices):
    """What a conversation can be about."""

    @_listed("topics_list", "List topics", shapes.Topic)
    def get(self, request: Request) -> Response:
        return self.choices(Topic.objects.all(), "name", "description")


class AllTags(Choices):
    """Every tag there is."""

    @_listed("tags_list", "List tags", shapes.Tag)
    def get(self, request: Request) -> Response:
        return self.choices(Tag.objects.all(), "name")


class Statuses(Choices):
    """The desk's own names for states."""

    @_listed("statuses_list", "List statuses", shapes.Status)
    def get(self, request: Request) -> Response:
        return self.choices(Status.objects.all(), "name", "state")
