"""Entries of a conversation's timeline."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conversations.models.conversation import Conversation
from people.models import Agent, Customer, Team


class Kind(models.TextChoices):
    MESSAGE = "message", _("Message")
    NOTE = "note", _("Note")
    EVENT = "event", _("Event")


class AuthorKind(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    AGENT = "agent", _("Agent")
    SYSTEM = "system", _("Parley")


class PartQuerySet(models.QuerySet["Part"]):
    def public(self) -> PartQuerySet:
        """What the customer may see. Notes have no other way out, so this is the only filter."""
        return self.filter(public_number__isnull=False)

    def in_order(self) -> PartQuerySet:
        return self.order_by("number")


class Part(models.Model):
    """A message, a note or an event.

    `number` counts all parts of the conversation 1, 2, 3 … without holes; `public_number` counts
    the ones the customer sees, also without holes, so that neither side can tell a loss from a
    secret. Both are given in commit order under the conversation's row lock.
    """

    id = models.UUIDField(primary_key=True, editable=False)  # UUIDv7: made by us, sorts by time
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    public_number = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    author_kind = models.CharField(max_length=8, choices=AuthorKind.choices)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    agent = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    client_id = models.UUIDField(null=True, blank=True)
    fingerprint = models.CharField(max_length=32, blank=True)  # of what the client sent, to tell
    # a retry from another message under the same client_id, also after the body was redacted
    body = models.TextField(blank=True)
    event = models.CharField(max_length=32, blank=True)
    data = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    redacted_at = models.DateTimeField(null=True, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="part_number_once"),
            models.UniqueConstraint(
                fields=["conversation", "public_number"],
                condition=Q(public_number__isnull=False),
                name="part_public_number_once",
            ),
            models.UniqueConstraint(
                fields=["conversation", "client_id"],
                condition=Q(client_id__isnull=False),
                name="part_client_id_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind="note") | Q(public_number__isnull=True),
                name="notes_are_never_public",
            ),
            models.CheckConstraint(
                condition=~Q(kind="message") | Q(public_number__isnull=False),
                name="messages_are_public",
            ),
            models.CheckConstraint(
                condition=(Q(kind="event") & ~Q(event="")) | (~Q(kind="event") & Q(event="")),
                name="events_have_names",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.number}"


class Mention(models.Model):
    """A note calls an agent, or a whole team."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="mentions")
    agent = models.ForeignKey(Agent, null=True, on_delete=models.CASCADE, related_name="mentions")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agent__isnull=True) ^ Q(team__isnull=True),
                name="mention_of_an_agent_or_a_team",
            )
        ]

    def __str__(self) -> str:
        return f"@{self.agent or self.team}"


class Attachment(models.Model):
    """A file. Bound to nothing when uploaded, to one part when that is posted.

    `blob` names the content (its SHA-256), so the same file is stored once however often sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    part = models.ForeignKey(Part, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments")
    # Who may bind it: an agent, or the holder of a messenger token (its SHA-256).
    agent = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL)
    token_hash = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    blob = models.CharField(max_length=64, blank=True, db_index=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
