"""What the tutorial keeps."""

from __future__ import annotations

from django.db import models


class Message(models.Model):
    room = models.IntegerField()
    client_id = models.UUIDField()
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "tutorial"
        indexes = [models.Index(fields=["room", "id"], name="tutorial_message_by_room")]

    def __str__(self) -> str:
        return f"{self.room}/{self.pk}"
