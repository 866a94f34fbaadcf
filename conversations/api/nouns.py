"""What can be done with a conversation, each under a noun of its own: PUT or POST makes it so, DELETE takes it back.

Every answer is the conversation as it is then, or null when what was done took it out of the agent's sight. All of it
is safe to repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations import actions, serializers
from conversations.api import shapes
from conversations.api.fields import Body, Key, ListOf, Moment, Text, Values, Whole, Word
from conversations.api.reading import ConversationView
from conversations.errors import BadRequest, SlowDown
from conversations.models import Status, Topic
from people.limits import Limit
from people.models import Agent, Team

TAGS = Limit("tags by API", most=10, seconds=1)
PRIORITIES = {name: value for value, name in serializers.PRIORITY_NAMES.items()}
F = TypeVar("F", bound=Callable[..., Response])


def noun(
    summary: str, body: type[Body] | None = None, *, parameters: Sequence[OpenApiParameter] = (), optional: bool = False
) -> Callable[[F], F]:
    """How the reference describes a verb of a conversation."""
    about = "The body may be left out." if optional else ""
    return extend_schema(
        summary=summary,
        description=about,
        parameters=[shapes.CONVERSATION, *parameters],
        request=body,
        responses={200: shapes.Row, **shapes.WRITING},
    )


class Why(Body):
    """A reason, for the event."""

    why = Text(500, default="")


class Closure(ConversationView):
    """Whether it is closed."""

    @noun("Close", Why, optional=True)
    def post(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
        given = Why.parse(self.sent(optional=True))
        actions.close(self.conversation, by=self.agent, now=self.now, why=given["why"])
        return Response(self.row())

    @noun("Open again")
    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        actions.reopen(self.conversation, by=self.agent, now=self.now)
        return Response(self.row())


class Until(Body):
    """null is until the customer writes."""

    until = Moment(allow_null=True)
    why = Text(500, default="")


class Snooze(ConversationView):
    """Whether it is put aside."""

    @noun("Snooze until a time, or until the customer writes", Until)
    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        given = Until.parse(self.sent())
        actions.snooze(self.conversation, until=given["until"], by=self.agent, now=self.now, why=given["why"])
        return Response(self.row())

    @noun("Wake")
    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        actions.reopen(self.conversation, by=self.agent, now=self.now)
        return Response(self.row())


class Claim(ConversationView):
    """Of many who claim it at once, one gets it."""

    @noun("Take it, if nobody has it")
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        actions.claim(self.conversation, by=self.agent, now=self.now)
        return Response(self.row())


class ToAgent(Body):
    """null is nobody."""

    assignee = Key(Agent.objects.filter(is_active=True), allow_null=True)
    why = Text(500, default="")


class Assignment(ConversationView):
    """Who has it."""

    @noun("Give it to an agent, or back to nobody", ToAgent)
    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        given = ToAgent.parse(self.sent())
        actions.assign(self.conversation, to=given["assignee"], by=self.agent, now=self.now, why=given["why"])
        return Response(self.row())


class ToTeam(Body):
    """null is no team."""

    team = Key(Team.objects.all(), allow_null=True)
    why = Text(500, default="")


class InTeam(ConversationView):
    """Which team has it."""

    @noun("Move it to a team, or out of its team", ToTeam)
    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        given = ToTeam.parse(self.sent())
        actions.route(self.conversation, to=given["team"], by=self.agent, now=self.now, why=given["why"])
        return Response(self.row())


class Escalation(ConversationView):
    """The way up."""

    @noun("Hand it to a team of the next tier", Why, optional=True)
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        given = Why.parse(self.sent(optional=True))
        actions.escalate(self.conversation, by=self.agent, now=self.now, why=given["why"])
        return Response(self.row())


class ToPriority(Body):
    """How soon."""

    priority = Word(choices=shapes.PRIORITIES)
    why = Text(500, default="")


class InPriority(ConversationView):
    """How soon it should be answered."""

    @noun("Set the priority", ToPriority)
    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        given = ToPriority.parse(self.sent())
        priority = PRIORITIES[given["priority"]]
        actions.set_priority(self.conversation, priority, by=self.agent, now=self.now, why=given["why"])
        return Response(self.row())


class ToTopic(Body):
    """null is none."""

    topic = Key(Topic.objects.all(), allow_null=True)
    why = Text(500, default="")


class AboutTopic(ConversationView):
    """What it is about."""

    @noun("Set the topic, or clear it", ToTopic)
    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        given = ToTopic.parse(self.sent())
        actions.set_topic(self.conversation, given["topic"], by=self.agent, now=self.now, why=given["why"])
        return Response(self.row())


class ToStatus(Body):
    """null is none; a status of another state brings the conversation there."""

    status = Key(Status.objects.all(), allow_null=True)
    why = Text(500, default="")


class InStatus(ConversationView):
    """The desk's own name for its state."""

    @noun("Set the status, or clear it", ToStatus)
    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        given = ToStatus.parse(self.sent())
        actions.set_status(self.conversation, given["status"], by=self.agent, now=self.now, why=given["why"])
        return Response(self.row())


class Names(Body):
    """Tags by name."""

    names = ListOf(Text(60), most=20)


class Tags(ConversationView):
    """Its tags."""

    @noun("Add tags", Names)
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        given = Names.parse(self.sent())
        _patience(self.agent)
        actions.tag(self.conversation, given["names"], by=self.agent, now=self.now)
        return Response(self.row())


class OneTag(ConversationView):
    """One of its tags."""

    @noun("Take a tag away", parameters=[OpenApiParameter("name", str, "path")])
    def delete(self, request: Request, id: str, name: str) -> Response:  # noqa: A002
        _patience(self.agent)
        actions.untag(self.conversation, [name], by=self.agent, now=self.now)
        return Response(self.row())


def _patience(agent: Agent) -> None:
    """Raises SlowDown: a script has gone wild."""
    if wait := TAGS.take(str(agent.pk)):
        raise SlowDown(wait)


class UpTo(Body):
    """A number of the agents' numbering."""

    number = Whole()


class ReadUpTo(ConversationView):
    """How far this agent has read."""

    @noun("Mark it read up to a number; marks never go back", UpTo)
    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        given = UpTo.parse(self.sent())
        actions.mark_read(self.conversation, by=self.agent, number=given["number"])
        return Response(self.row())


class Following(ConversationView):
    """Whether this agent follows it."""

    @noun("Follow")
    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        actions.follow(self.conversation, by=self.agent)
        return Response(self.row())

    @noun("Follow no more")
    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        actions.unfollow(self.conversation, by=self.agent)
        return Response(self.row())


class Kept(Body):
    """Values by key; null takes one away."""

    attributes = Values()


class Attributes(ConversationView):
    """What the desk keeps about it."""

    @noun("Set attributes", Kept)
    def put(self, request: Request, id: str) -> Response:  # noqa: A002
        given: dict[str, Any] = Kept.parse(self.sent())
        if len(given["attributes"]) > 100:
            raise BadRequest("unknown_value", "attributes: at most 100 at once.", field="attributes")
        actions.set_attributes(self.conversation, given["attributes"], by=self.agent, now=self.now)
        return Response(self.row())
