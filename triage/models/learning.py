"""Models of the desk, how they were made, and which of them decides."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Agent, Team


class TrainingRun(models.Model):
    """One attempt to make a better model. `beat_at` moves while it works, so that a dead one is found."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to start")
        RUNNING = "running", _("Training")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Stopped")

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    pipeline = models.CharField(max_length=8, default="light")
    progress = models.FloatField(default=0)  # share done
    stage = models.CharField(max_length=200, blank=True)  # a code that the page puts into words
    problem = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # also tells the process at work from one taken for dead
    cancel_asked = models.BooleanField(default=False)
    asked_by = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(state__in=["queued", "running"]), name="one_training_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_over(self) -> bool:
        return self.state not in (self.State.QUEUED, self.State.RUNNING)


class ModelVersion(models.Model):
    """A trained model on disk. `scores` and `reference` say how good it is and what it was trained from."""

    class State(models.TextChoices):
        CHAMPION = "champion", _("Decides")
        SHADOW = "shadow", _("Watches")
        CHALLENGER = "challenger", _("Could decide")
        RETIRED = "retired", _("Retired")

    state = models.CharField(max_length=10, choices=State.choices)
    pipeline = models.CharField(max_length=8)
    file = models.CharField(max_length=120, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(default=0)  # bytes
    library = models.CharField(max_length=40)  # scikit-learn's version
    topics = models.JSONField(default=dict)  # label → key of the Topic it meant, null for the starter's own
    scores = models.JSONField(default=dict)
    reference = models.JSONField(default=dict)  # how many examples and corrections, up to when, their digest
    compared = models.JSONField(default=dict)  # with the champion of its day: scores of both, difference, interval
    why = models.CharField(max_length=300, blank=True)  # it was promoted, or was not
    run = models.OneToOneField(TrainingRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="version")
    created_at = models.DateTimeField()
    promoted_at = models.DateTimeField(null=True, blank=True)
    promoted_by = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state__in=["champion", "shadow"]), name="one_champion_one_shadow"
            )
        ]

    def __str__(self) -> str:
        return _("Version {number}").format(number=self.pk)


class Desk(models.Model):
    """How this desk wants its triage: one row."""

    class Mode(models.TextChoices):
        OFF = "off", _("Off")
        SHADOW = "shadow", _("Watch: give verdicts, change nothing")
        ON = "on", _("On")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.OFF)
    threshold = models.FloatField(null=True, blank=True)  # None: where the model was right 95 times of 100
    triage_team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    languages = ArrayField(models.CharField(max_length=16), default=list, blank=True)  # those the desk serves
    plans = models.JSONField(default=dict, blank=True)  # plan → 0 … 1, how much it hurries
    retrains = models.BooleanField(default=True)  # every night, if there is something new
    pipeline = models.CharField(max_length=8, default="light")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_triage_desk"),
            models.CheckConstraint(
                condition=models.Q(threshold__isnull=True) | models.Q(threshold__range=(0, 1)),
                name="desk_threshold_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return self.get_mode_display()

    @classmethod
    def current(cls) -> Desk:
        """The one row, or what a desk has that never said anything."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
