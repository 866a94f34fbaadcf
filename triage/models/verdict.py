"""What triage has to read, what it said, and what people corrected."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation, Priority, Topic
from people.models import Agent, Team
from triage.models.learning import ModelVersion


class Case(models.Model):
    """How far triage has read a conversation: the row that a consequence hangs on. Waiting while `due_number` is more
    than `read_number`."""

    conversation = models.OneToOneField(Conversation, primary_key=True, on_delete=models.CASCADE, related_name="case")
    due_number = models.PositiveIntegerField()  # of the customer's last message
    read_number = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="case_waiting", condition=models.Q(due_number__gt=models.F("read_number"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.read_number}/{self.due_number}"


class Sentiment(models.IntegerChoices):
    VERY_NEGATIVE = -2, _("Very negative")
    NEGATIVE = -1, _("Negative")
    NEUTRAL = 0, _("Neutral")
    POSITIVE = 1, _("Positive")
    VERY_POSITIVE = 2, _("Very positive")


class Verdict(models.Model):
    """What triage thinks of a conversation after reading it up to `number`. A later one replaces it: `is_last`."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="verdicts")
    number = models.PositiveIntegerField()
    is_last = models.BooleanField(default=True)
    model = models.ForeignKey(ModelVersion, null=True, on_delete=models.PROTECT, related_name="verdicts")
    topic = models.ForeignKey(Topic, null=True, on_delete=models.SET_NULL, related_name="verdicts")  # the best guess
    topic_probability = models.FloatField(default=0)
    known = models.FloatField(default=0)  # that it is about one of the desk's topics at all
    is_sure = models.BooleanField(default=False)  # the guess is above the threshold; else triage abstains
    threshold = models.FloatField(default=1)
    top = models.JSONField(default=list)  # [{"topic": key, "name", "probability"}], three
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    priority_probability = models.FloatField(default=0)
    sentiment = models.SmallIntegerField(choices=Sentiment.choices, default=Sentiment.NEUTRAL)
    sentiment_probability = models.FloatField(default=0)
    anger = models.FloatField(default=0)  # 0 … 1
    tier = models.PositiveSmallIntegerField(choices=Team.Tier.choices, default=Team.Tier.FRONT_LINE)
    tier_probability = models.FloatField(default=0)
    language = models.CharField(max_length=16, blank=True)
    language_probability = models.FloatField(default=0)
    drift = models.FloatField(default=0)  # share of the text that training never saw
    reasons = models.JSONField(
        default=dict
    )  # {"topic": [{"text", "weight"}], "priority": […], "sentiment": […], "tier": […]}
    similar = models.JSONField(default=list)  # keys of past conversations
    shadow = models.JSONField(default=dict)  # what the watching model says: {"model", "topic", "probability", "sure"}
    problem = models.CharField(max_length=200, blank=True)  # why there is no topic
    applied = models.JSONField(default=list)  # which of topic, priority, team and assignee the conversation got from it
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["conversation"], condition=models.Q(is_last=True), name="one_last_verdict")
        ]
        indexes = [
            models.Index(fields=["created_at"], name="verdict_by_time"),
            models.Index(fields=["topic", "created_at"], name="verdict_by_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation} {self.topic or '?'} {self.topic_probability:.0%}"


class Correction(models.Model):
    """A person decided: a labelled example with its author and time. `part` is the event that says so, or null when
    somebody only confirmed the verdict."""

    class Field(models.TextChoices):
        TOPIC = "topic", _("Topic")
        PRIORITY = "priority", _("Priority")
        TEAM = "team", _("Team")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="corrections")
    verdict = models.ForeignKey(Verdict, null=True, on_delete=models.SET_NULL, related_name="corrections")
    field = models.CharField(max_length=8, choices=Field.choices)
    part = models.UUIDField(null=True, unique=True)
    topic = models.ForeignKey(Topic, null=True, on_delete=models.SET_NULL, related_name="corrections")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, null=True)
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="corrections")
    is_confirmation = models.BooleanField(default=False)  # the verdict was right
    is_last = models.BooleanField(default=True)  # a later one about the same field replaces it
    agent = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="corrections")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "field"], condition=models.Q(is_last=True), name="one_last_correction"
            )
        ]
        indexes = [models.Index(fields=["field", "created_at"], name="correction_by_field")]

    def __str__(self) -> str:
        return f"{self.conversation} {self.field} → {self.value}"

    @property
    def value(self) -> Any:
        """What it was changed to."""
        return {"topic": self.topic, "priority": self.priority, "team": self.team}[self.field]
