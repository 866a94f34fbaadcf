"""Teams that give out their work, for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conversations.models import Conversation
from people.models import Agent, Availability, Team
from tests.conversations import desk
from tests.conversations.desk import NOON, says
from triage.models import Decision, Desk, TeamRouting


def turn_on() -> Desk:
    return Desk.objects.update_or_create(pk=1, defaults={"mode": Desk.Mode.ON})[0]


def giving_team(name: str = "", *, tier: int = 1, specialty: str = "", **rules: Any) -> Team:
    """A team that assigns by itself."""
    made = desk.team(name, tier=tier, specialty=specialty)
    TeamRouting.objects.create(team=made, **{"assigns": True, **rules})
    return made


def present(name: str, *teams: Team, since: datetime = NOON, **facts: Any) -> Agent:
    """An agent of these teams who is there."""
    made = desk.agent(name, teams=teams)
    fields = {"availability": Availability.ONLINE, "available_since": since, **facts}
    Agent.objects.filter(pk=made.pk).update(**fields)
    made.refresh_from_db()
    return made


def asking(team: Team, *, at: datetime = NOON, **facts: Any) -> Conversation:
    """Somebody waits in that team."""
    where = desk.conversation(at=at, team=team, **facts)
    says(where, "My order never arrived", now=at)
    return where


def owner(where: Conversation) -> Agent | None:
    where.refresh_from_db()
    return where.assignee


def last_decision() -> Decision:
    decision = Decision.objects.first()
    assert decision is not None
    return decision
