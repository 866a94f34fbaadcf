"""Triage's pages as browsers ask for them."""

from __future__ import annotations

import uuid
from typing import Any

from django.test import Client

from conversations.models import Conversation
from people.models import Agent


def signed_in(who: Agent) -> Client:
    client = Client()
    client.force_login(who)
    return client


def path(where: Conversation | uuid.UUID, more: str = "") -> str:
    """Of the card beside a conversation."""
    return f"/inbox/c/{where.public_id if isinstance(where, Conversation) else where}/triage/{more}"


def card(who: Agent, where: Conversation, more: str = "?why") -> str:
    """What it says."""
    return shown(signed_in(who).get(path(where, more)))


def accept(who: Client, where: Conversation | uuid.UUID, body: str = "") -> Any:
    """Say that the verdict is right."""
    return who.post(path(where, "confirmation/"), body, content_type="application/json")


def shown(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())
