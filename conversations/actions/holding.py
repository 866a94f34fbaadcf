"""How a verb begins: the conversation under its lock, and an agent who may still see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model

from conversations import ledger, serializers
from conversations.errors import ConversationMerged, NotFound
from conversations.ledger import Ledger
from conversations.models import Conversation
from conversations.parts import Author
from conversations.rules import Head
from people.models import Agent
from people.names import one_line

Row = TypeVar("Row", bound=Model)
By = Agent | Author  # an Author who is no agent acts for the desk itself and is not asked for permission

MAX_WHY = 500
_FIELDS = tuple(field.name for field in fields(Head))


@dataclass(frozen=True, slots=True)
class Held:
    """One conversation under its lock, and who is about to change it."""

    ledger: Ledger
    head: Head
    author: Author
    now: datetime

    def event(self, name: str, *, why: str = "", **data: Any) -> None:
        """Say what was changed, and why."""
        self.ledger.event(self.head, name, by=self.author, now=self.now, why=one_line(why, MAX_WHY), **data)

    def refuse_merged(self) -> None:
        """Raises ConversationMerged when the conversation went on in another one."""
        if self.head.merged_into_id is not None:
            raise ConversationMerged(self.head.merged_into_id)


@contextmanager
def held(conversation: Conversation, *, by: By, now: datetime) -> Iterator[Held]:
    """Hold one conversation; afterwards the instance knows what became of it.

    Raises:
        NotFound: it is gone, or out of the agent's sight. Asked again here because team and assignee may have
            changed since the caller fetched it.
    """
    with ledger.hold([conversation.pk]) as book:
        yield Held(book, visible_head(book, conversation.pk, by), author_of(by), now)
    refresh(conversation, book.heads[conversation.pk])


def visible_head(book: Ledger, key: int, by: By) -> Head:
    """The held conversation with that key.

    Raises:
        NotFound: it is gone, or out of the agent's sight.
    """
    if key not in book.heads or (isinstance(by, Agent) and not may_see(by, key)):
        raise NotFound
    return book.heads[key]


def may_see(agent: Agent, key: int) -> bool:
    """Whether the agent sees the conversation as it stands now."""
    return Conversation.objects.visible_to(agent).filter(pk=key).exists()


def refresh(conversation: Conversation, head: Head) -> None:
    """Let an instance know what its row says after a verb."""
    for name in _FIELDS:
        setattr(conversation, name, getattr(head, name))


def author_of(by: By) -> Author:
    """Who an event names."""
    return serializers.agent_author(by) if isinstance(by, Agent) else by


def row_of(model: type[Row], key: int | None) -> Row | None:
    """The row a head points at, if it points at any."""
    return None if key is None else model._default_manager.filter(pk=key).first()  # noqa: SLF001 - its public name


def fact(row: Any) -> dict[str, str] | None:
    """An agent, team, topic or status as events tell of it."""
    return None if row is None else {"id": str(row.pk), "name": str(row)}
