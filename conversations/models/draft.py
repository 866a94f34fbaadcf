"""What agents have begun to write."""

from __future__ import annotations

from django.db import models

from conversations.models.conversation import Conversation
from people.models import Agent


class Draft(models.Model):
    """What an agent has begun to write; one per conversation, agent and kind, on the server so that
    it survives a reload and waits on every device."""

    class Kind(models.TextChoices):
        REPLY = "reply"
        NOTE = "note"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    body = models.TextField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("conversation", "agent", "kind", name="draft_once")]

    def __str__(self) -> str:
        return f"{self.agent}: {self.kind} in {self.conversation}"
