"""Conversations to be found."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from conversations.models import Conversation, Part
from conversations.search import index, search
from people.models import Agent, Role
from tests.conversations.desk import NOON, agent, conversation, customer, says


def index_all() -> None:
    index(list(Part.objects.values_list("pk", flat=True)))


def about(body: str, *, hours: int = 0, **fields: Any) -> Conversation:
    """A conversation whose customer has written that, and which can be found."""
    where = conversation(customer(f"Person {uuid.uuid4().hex[:6]}"), **fields)
    says(where, body, now=NOON + timedelta(hours=hours))
    index_all()
    return where


def boss() -> Agent:
    return agent("Maria Boss", role=Role.MANAGER)


def found(text: str, who: Agent | None = None) -> list[Conversation]:
    return [result.conversation for result in search(who or boss(), text).results]


def snippet(text: str) -> str:
    """The first result's, with hits in brackets."""
    (first, *_) = search(boss(), text).results
    return "".join(f"[{each['text']}]" if each["hit"] else each["text"] for each in first.snippet)
