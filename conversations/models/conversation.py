"""One thread with one customer about one matter."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conversations.models.touchpoint import Touchpoint
from people.models import Agent, Customer, Team

if TYPE_CHECKING:
    from datetime import datetime


class State(models.TextChoices):
    OPEN = "open", _("Open")
    SNOOZED = "snoozed", _("Snoozed")
    CLOSED = "closed", _("Closed")


class Priority(models.IntegerChoices):
    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")
    URGENT = 4, _("Urgent")


class Status(models.Model):
    """A finer name a desk gives to one of the three states ("Waiting for parts" → snoozed)."""

    name = models.CharField(max_length=60, unique=True)
    state = models.CharField(max_length=8, choices=State.choices)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["state", "position", "name"]
        verbose_name_plural = "statuses"

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    name = models.CharField(max_length=80, unique=True)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Speaks the domain and chains: `Conversation.objects.visible_to(ada).open().waiting()`."""

    def visible_to(self, agent: Agent) -> ConversationQuerySet:
        """What role and teams allow: managers and admins everything; an agent the conversations of
        their teams, those of no team yet, their own, and those they follow, as whoever is mentioned does."""
        if not agent.is_active:
            return self.none()
        begun = self.filter(last_number__gt=0)  # started, but nobody has written yet
        if agent.sees_everything:
            return begun
        return begun.filter(
            Q(team__isnull=True)
            | Q(team__in=agent.teams.all())
            | Q(assignee=agent)
            | Q(pk__in=Follower.objects.filter(agent=agent).values("conversation"))
        )

    def of_customer(self, customer: Customer) -> ConversationQuerySet:
        return self.filter(customer=customer)

    def open(self) -> ConversationQuerySet:
        return self.filter(state=State.OPEN)

    def snoozed(self) -> ConversationQuerySet:
        return self.filter(state=State.SNOOZED)

    def closed(self) -> ConversationQuerySet:
        return self.filter(state=State.CLOSED)

    def waiting(self) -> ConversationQuerySet:
        return self.filter(state=State.OPEN, waiting_since__isnull=False)

    def unassigned(self) -> ConversationQuerySet:
        return self.filter(assignee__isnull=True)

    def assigned_to(self, agent: Agent) -> ConversationQuerySet:
        return self.filter(assignee=agent)

    def for_team(self, team: Team) -> ConversationQuerySet:
        return self.filter(team=team)

    def mentioning(self, agent: Agent) -> ConversationQuerySet:
        return self.filter(Q(parts__mentions__agent=agent) | Q(parts__mentions__team__in=agent.teams.all())).distinct()

    def due_to_wake(self, now: datetime) -> ConversationQuerySet:
        return self.filter(state=State.SNOOZED, snoozed_until__lte=now)

    def newest_first(self) -> ConversationQuerySet:
        return self.order_by("-last_part_at", "-id")

    def oldest_first(self) -> ConversationQuerySet:
        return self.order_by("waiting_since", "id")


class Conversation(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="conversations")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    status = models.ForeignKey(Status, null=True, blank=True, on_delete=models.SET_NULL)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations")
    assignee = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.SET_NULL)
    tags = models.ManyToManyField(Tag, related_name="conversations", blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    snippet = models.CharField(max_length=160, blank=True)  # of the last public message
    snippet_by = models.CharField(max_length=8, blank=True)  # AuthorKind of its author
    # Open and the last word is the customer's: since when.
    waiting_since = models.DateTimeField(null=True, blank=True)
    # Snoozed without a time means: until the customer writes.
    snoozed_until = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged")
    last_number = models.PositiveIntegerField(default=0)
    last_public_number = models.PositiveIntegerField(default=0)
    customer_read = models.PositiveIntegerField(default=0)  # public number
    agents_read = models.PositiveIntegerField(default=0)  # public number
    created_at = models.DateTimeField()
    last_part_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "-last_part_at", "-id"], name="conversation_by_state"),
            models.Index(fields=["team", "state", "-last_part_at", "-id"], name="conversation_by_team"),
            models.Index(
                fields=["assignee", "state", "-last_part_at", "-id"],
                name="conversation_by_assignee",
            ),
            models.Index(fields=["customer", "-last_part_at"], name="conversation_by_customer"),
            models.Index(
                fields=["waiting_since", "id"],
                name="conversation_waiting",
                condition=Q(state="open", waiting_since__isnull=False),
            ),
            models.Index(fields=["snoozed_until"], name="conversation_snoozed", condition=Q(state="snoozed")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(waiting_since__isnull=True) | Q(state="open"),
                name="only_open_conversations_wait",
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until__isnull=True) | Q(state="snoozed"),
                name="only_snoozed_conversations_wake",
            ),
            models.CheckConstraint(
                condition=Q(last_public_number__lte=models.F("last_number")),
                name="public_numbers_are_fewer",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What agents call it. Customers and public routes only ever know `public_id`."""
        return f"#{self.pk}"


class Follower(models.Model):
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="followers")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="following")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("agent", "conversation", name="follow_once")]

    def __str__(self) -> str:
        return f"{self.agent} → {self.conversation}"


class ReadMark(models.Model):
    """How far an agent has read a conversation (full numbering)."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="read_marks")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="read_marks")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("agent", "conversation", name="read_mark_once")]

    def __str__(self) -> str:
        return f"{self.agent} {self.conversation} ≤ {self.number}"
