"""`bin/manage triage_demo`: let triage work at the demo desk, after learning from its first weeks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from conversations.management.progress import Bar
from conversations.models import Part, Priority, Topic
from people.models import Team
from triage import actions
from triage.cases import mark_all_open
from triage.models import Desk, TeamRouting, TopicProfile

WEEKS = 3  # read as if they were new
TOPICS = {
    "Delivery": ("Orders & delivery", Priority.NORMAL, 1),
    "Returns": ("Orders & delivery", Priority.NORMAL, 1),
    "Payment": ("Billing", Priority.HIGH, 2),
    "Product advice": ("Workshop", Priority.LOW, 1),
    "Account": ("Front desk", Priority.NORMAL, 1),
}
ASSIGNS = {"Orders & delivery": 4, "Billing": 4}  # team → open conversations an agent has from it


class Command(BaseCommand):
    """Only for Northwind: elsewhere managers choose all this themselves."""

    help = (
        "Switch triage on at the demo desk: topics get their teams, a model learns from the topics that agents chose "
        "in the first five weeks, and reads the last three as if they were new. Other desks are left alone."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if Desk.objects.exists() or not set(TOPICS) <= set(Topic.objects.values_list("name", flat=True)):
            self.stdout.write("This is not a fresh demo desk. Nothing was changed.")
            return
        self._furnish()
        chosen = Part.objects.filter(kind="event", author_kind="agent", event__in=("topic_set", "prioritised"))
        actions.hear(list(chosen.values_list("pk", flat=True)))
        bar = Bar(100, "%")
        rehearsal = actions.rehearse(
            now - timedelta(weeks=WEEKS), now=now, progress=lambda share, what: bar.show(int(100 * share), f" {what}")
        )
        bar.end()
        self._switch_on(now)
        self.stdout.write(f"learnt from {rehearsal.learnt:,} conversations, read {rehearsal.read:,}")

    def _furnish(self) -> None:
        teams = {team.name: team for team in Team.objects.all()}
        for topic in Topic.objects.filter(name__in=TOPICS):
            team, priority, tier = TOPICS[topic.name]
            TopicProfile.objects.create(topic=topic, team=teams.get(team), priority=priority, tier=tier)
        for name, limit in ASSIGNS.items():
            if name in teams:
                TeamRouting.objects.create(team=teams[name], assigns=True, limit=limit)

    def _switch_on(self, now: datetime) -> None:
        front = Team.objects.filter(name="Front desk").first()
        plans = {"Wholesale": 0.8, "Office": 0.4}
        Desk.objects.create(mode=Desk.Mode.ON, triage_team=front, languages=["en", "sv", "id", "de", "es"], plans=plans)
        mark_all_open(now)
