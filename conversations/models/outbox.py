"""Consequences that must happen."""

from __future__ import annotations

from django.db import models

from conversations.models.conversation import Conversation
from conversations.models.part import Part


class OutboxRow(models.Model):
    """A consequence that must happen, written by the transaction that calls for it.

    The relay works rows off in order and deletes them; a sweep rings it again for rows that nobody
    served, so losing the broker costs delay, never an effect.
    """

    topic = models.CharField(max_length=32)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_constraint=False)
    part = models.ForeignKey(Part, null=True, on_delete=models.CASCADE, db_constraint=False)
    available_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.topic} {self.conversation_id}"
