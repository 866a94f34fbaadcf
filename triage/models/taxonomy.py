"""What a topic means to this desk, and examples of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.models import Priority, Topic
from people.models import Agent, Team


class TopicProfile(models.Model):
    """What triage knows of a topic beside its name and description."""

    topic = models.OneToOneField(Topic, primary_key=True, on_delete=models.CASCADE, related_name="profile")
    key = models.SlugField(max_length=80, blank=True)  # its name in the starter taxonomy, if it came from there
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="topics")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, null=True, blank=True)  # its usual one
    tier = models.PositiveSmallIntegerField(choices=Team.Tier.choices, default=Team.Tier.FRONT_LINE)
    threshold = models.FloatField(null=True, blank=True)  # asked of this topic in place of the desk's
    is_active = models.BooleanField(default=True)  # False: conversations keep it, triage no longer gives it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(threshold__isnull=True) | models.Q(threshold__range=(0, 1)),
                name="topic_threshold_is_a_share",
            )
        ]

    def __str__(self) -> str:
        return str(self.topic)


class Import(models.Model):
    """A file of past messages with their topics, read once: the same file again goes on where it stopped."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for its columns")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    columns = models.JSONField(default=dict)  # {"text": […], "topic", "priority", "map": value → topic's key or a word}
    left_out = models.JSONField(default=dict)  # why rows were not kept → how many
    rows_read = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def share(self) -> float:
        """Of its rows, how many were read."""
        return self.rows_read / self.rows_total if self.rows_total else 0.0


class Example(models.Model):
    """A message and what it is about; no topic means none of these."""

    class Source(models.TextChoices):
        TYPED = "typed", _("Typed in")
        IMPORTED = "imported", _("Imported")
        STARTER = "starter", _("Starter")

    text = models.TextField()
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.CASCADE, related_name="examples")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, null=True, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    digest = models.CharField(max_length=64, unique=True)  # of the text as stored: each message once
    batch = models.ForeignKey(Import, null=True, blank=True, on_delete=models.CASCADE, related_name="examples")
    author = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["topic", "-created_at"], name="example_by_topic")]

    def __str__(self) -> str:
        return self.text[:60]
