"""How conversations find their agents, and why they did."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation
from people.models import Agent, Team


class TeamRouting(models.Model):
    """How a team takes its work."""

    team = models.OneToOneField(Team, primary_key=True, on_delete=models.CASCADE, related_name="routing")
    assigns = models.BooleanField(default=False)  # gives conversations to its agents by itself
    limit = models.PositiveSmallIntegerField(null=True, blank=True)  # open conversations an agent has from this team
    plans = models.JSONField(default=list, blank=True)  # takes only customers of these plans; empty: of any
    patience = models.PositiveSmallIntegerField(default=10)  # minutes to wait for an agent of the customer's language
    escalates_after = models.PositiveSmallIntegerField(null=True, blank=True)  # minutes nobody takes it

    def __str__(self) -> str:
        return str(self.team)


class Decision(models.Model):
    """Why this team, why this agent, why not the others. Kept beside the event part that tells what was done."""

    class Kind(models.TextChoices):
        TEAM = "team", _("Team")
        AGENT = "agent", _("Agent")
        ESCALATED = "escalated", _("Escalated")
        ABSTAINED = "abstained", _("Left to a person")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    agent = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    reasons = models.JSONField(default=list)  # [{"code": "topic_team", …facts}], strongest first
    candidates = models.JSONField(default=list)  # [{"id", "name", "code", …facts}]: who else was looked at, and why not
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["conversation", "-id"], name="decision_by_conversation"),
            models.Index(fields=["agent", "-created_at"], name="decision_by_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation} {self.kind}"
