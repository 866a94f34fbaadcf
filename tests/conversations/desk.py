"""People and places for tests of conversations."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from conversations import actions, serializers
from conversations.actions import NewConversation
from conversations.models import Conversation, Touchpoint
from conversations.parts import NewPart, PartData
from people.models import Agent, Customer, Role, Team

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
_numbers = count(1)


def touchpoint(**fields: object) -> Touchpoint:
    return Touchpoint.objects.create(**{"key": f"site-{next(_numbers)}", "name": "Shop", **fields})


def customer(name: str = "Bea Ortiz", **fields: object) -> Customer:
    return Customer.objects.create(name=name, **fields)


def team(name: str = "", **fields: object) -> Team:
    return Team.objects.create(name=name or f"Team {next(_numbers)}", **fields)


def agent(name: str = "Anna Berg", *, role: Role = Role.AGENT, teams: tuple[Team, ...] = ()) -> Agent:
    made = Agent.objects.create_user(f"agent-{next(_numbers)}@desk.example", None, name=name, role=role)
    made.teams.set(teams)
    return made


def conversation(whose: Customer | None = None, *, at: datetime = NOON, **fields: object) -> Conversation:
    """A conversation nobody has written in yet."""
    begun = actions.start(NewConversation(uuid.uuid4(), whose or customer(), touchpoint()), now=at)
    if fields:
        Conversation.objects.filter(pk=begun.pk).update(**fields)
        begun.refresh_from_db()
    return begun


def says(where: Conversation, body: str, *, now: datetime = NOON, client_id: uuid.UUID | None = None) -> PartData:
    """The conversation's customer writes."""
    author = serializers.customer_author(where.customer)
    part = actions.post_one(NewPart(where.pk, "message", author, body, client_id or uuid.uuid4()), now=now).part
    where.refresh_from_db()
    return part


def replies(where: Conversation, by: Agent, body: str, *, kind: str = "message", now: datetime = NOON) -> PartData:
    author = serializers.agent_author(by)
    part = actions.post_one(NewPart(where.pk, kind, author, body, uuid.uuid4()), now=now).part
    where.refresh_from_db()
    return part


def waiting(**fields: Any) -> Conversation:
    """A conversation whose customer has written once."""
    where = conversation(**fields)
    says(where, "My order never arrived")
    return where


def events(where: Conversation) -> list[tuple[str, dict[str, Any]]]:
    """Names and facts of its events, in their order."""
    return list(where.parts.filter(kind="event").in_order().values_list("event", "data"))


def named(row: Any) -> dict[str, str]:
    """A row as events tell of it."""
    return {"id": str(row.pk), "name": str(row)}
