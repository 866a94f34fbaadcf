"""Verdicts over the REST API: what triage thinks, why, and how to tell it better."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    DateTimeField,
    DictField,
    FloatField,
    IntegerField,
    ListField,
    UUIDField,
)

from conversations import actions as verbs
from conversations.api import shapes
from conversations.api.fields import Body, Key, Text, Word
from conversations.api.nouns import PRIORITIES
from conversations.api.reading import ConversationView
from conversations.errors import BadRequest
from conversations.models import Conversation, Topic
from people.models import Team
from triage import actions
from triage.models import Correction, Decision
from triage.serializers import SENTIMENT_NAMES, triage_json

F = TypeVar("F", bound=Callable[..., Response])


class VerdictShape(shapes.Shape):
    """What triage thinks of a conversation after reading it up to `number`. Probabilities are calibrated."""

    id = CharField()
    conversation = UUIDField()
    number = IntegerField()
    at = DateTimeField()
    model = CharField(allow_null=True)
    sure = BooleanField()
    topic = shapes.Named(allow_null=True)
    topic_probability = FloatField()
    known_probability = FloatField()
    threshold = FloatField()
    top = ListField(child=DictField())
    priority = ChoiceField(shapes.PRIORITIES)
    priority_probability = FloatField()
    sentiment = ChoiceField(list(SENTIMENT_NAMES.values()))
    sentiment_probability = FloatField()
    anger = FloatField()
    tier = IntegerField()
    tier_probability = FloatField()
    language = CharField(allow_null=True)
    language_probability = FloatField()
    reasons = DictField()
    similar = ListField(child=UUIDField())
    problem = CharField(allow_null=True)
    applied = ListField(child=CharField())


class DecisionShape(shapes.Shape):
    """Why this team or agent, and why not the others: codes and facts."""

    kind = ChoiceField(Decision.Kind.values)
    team = shapes.Named(allow_null=True)
    agent = shapes.Named(allow_null=True)
    reasons = ListField(child=DictField())
    candidates = ListField(child=DictField())
    at = DateTimeField()


class CorrectionShape(shapes.Shape):
    """What a person decided."""

    field = ChoiceField(Correction.Field.values)
    value = DictField(allow_null=True)
    confirms = BooleanField()
    by = shapes.Named(allow_null=True)
    at = DateTimeField()


class TriageShape(shapes.Shape):
    """`verdict` is null while nobody has written, or triage is off."""

    verdict = VerdictShape(allow_null=True)
    decisions = ListField(child=DecisionShape())
    corrections = ListField(child=CorrectionShape())


def described(summary: str, body: type[Body] | None = None) -> Callable[[F], F]:
    """How the reference describes a verb of a verdict."""
    return extend_schema(
        summary=summary,
        parameters=[shapes.CONVERSATION],
        request=body,
        responses={200: TriageShape, **(shapes.WRITING if body else shapes.REFUSALS)},
    )


class OfConversation(ConversationView):
    """What triage has to say of one conversation."""

    def answer(self) -> Response:
        """As it is now; empty when what was done took the conversation out of the agent's sight."""
        found = Conversation.objects.visible_to(self.agent).filter(pk=self.conversation.pk).first()
        if found is None:
            return Response({"verdict": None, "decisions": [], "corrections": []})
        return Response(triage_json(found, self.agent))


class TheVerdict(OfConversation):
    """The verdict, its reasons, and what was done."""

    @described("Read the verdict, why it was given, and why it went where it went")
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
        return self.answer()


class Confirmed(Body):
    """The topic that was seen: refused if the verdict names another by now. The body may be left out."""

    topic = Key(Topic.objects.all(), required=False)


class Confirmation(OfConversation):
    """The verdict is right."""

    @described("Say that the verdict's topic is right", Confirmed)
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        topic = Confirmed.parse(self.sent(optional=True)).get("topic")
        actions.confirm(self.conversation, by=self.agent, now=self.now, topic=topic.pk if topic else None)
        return self.answer()


class Corrected(Body):
    """What is right instead; at least one of them. null is none."""

    topic = Key(Topic.objects.all(), allow_null=True, required=False)
    priority = Word(choices=shapes.PRIORITIES, required=False)
    team = Key(Team.objects.all(), allow_null=True, required=False)
    why = Text(500, default="")


class TheCorrection(OfConversation):
    """The verdict is wrong."""

    @described("Correct the topic, the priority or the team", Corrected)
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        given = Corrected.parse(self.sent())
        if not given.keys() - {"why"}:
            raise BadRequest("missing_field", "Give at least one of topic, priority and team.", field="topic")
        with transaction.atomic():
            self._set(given)
        actions.hear_now(self.conversation)
        return self.answer()

    def _set(self, given: dict[str, Any]) -> None:
        """The team last: afterwards the conversation may be out of the agent's sight."""
        about: dict[str, Any] = {"by": self.agent, "now": self.now, "why": given["why"]}
        if "topic" in given:
            verbs.set_topic(self.conversation, given["topic"], **about)
        if "priority" in given:
            verbs.set_priority(self.conversation, PRIORITIES[given["priority"]], **about)
        if "team" in given:
            verbs.route(self.conversation, to=given["team"], **about)
