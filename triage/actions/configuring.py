"""How the desk wants its triage, and how its teams take their work."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import transaction

from people.models import Agent, Team
from triage.actions.taxonomy import managers_only
from triage.cases import mark_all_open
from triage.models import Desk, TeamRouting

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """Everything one can say of a desk's triage. `threshold` 0 … 1, None: where the model was right 95 times of 100;
    `plans`: plan → 0 … 1, how much it hurries."""

    mode: str
    threshold: float | None = None
    triage_team: Team | None = None
    languages: Sequence[str] = ()
    plans: Mapping[str, float] = field(default_factory=dict)
    retrains: bool = True
    pipeline: str = "light"


def configure(facts: DeskFacts, *, by: Agent, now: datetime) -> Desk:
    """Set it all. Triage that was off reads every open conversation once it is not.

    Raises:
        ManagersOnly: an agent asks.
    """
    managers_only(by)
    with transaction.atomic():
        was = Desk.objects.select_for_update().filter(pk=1).values_list("mode", flat=True).first() or Desk.Mode.OFF
        desk, _ = Desk.objects.update_or_create(
            pk=1,
            defaults={
                "mode": facts.mode,
                "threshold": facts.threshold,
                "triage_team": facts.triage_team,
                "languages": list(facts.languages),
                "plans": dict(facts.plans),
                "retrains": facts.retrains,
                "pipeline": facts.pipeline,
            },
        )
        if comes_on := was == Desk.Mode.OFF and desk.mode != Desk.Mode.OFF:
            mark_all_open(now)
    if comes_on:
        mark_all_open(now)  # what the relay served in the meantime, when to it triage was off
    log.info("triage is %s, said agent %s", desk.mode, by.pk)
    return desk


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """How a team takes its work: `limit` of open conversations an agent has from it, minutes of `patience` for an
    agent of the customer's language, and minutes after which what nobody takes `escalates_after`."""

    assigns: bool = False
    limit: int | None = None
    plans: Sequence[str] = ()
    patience: int = 10
    escalates_after: int | None = None


def configure_team(team: Team, facts: TeamFacts, *, by: Agent) -> TeamRouting:
    """Raises ManagersOnly."""
    managers_only(by)
    values = {**asdict(facts), "plans": list(facts.plans)}
    routing, _ = TeamRouting.objects.update_or_create(team=team, defaults=values)
    log.info("routing of team %s saved by agent %s", team.pk, by.pk)
    return routing
