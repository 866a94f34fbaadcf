"""A file in a conversation, and the ways to it."""

from __future__ import annotations

import uuid
from typing import Any

from asgiref.sync import sync_to_async
from django.test import AsyncClient

from conversations import actions, serializers
from conversations.models import Attachment, Conversation
from conversations.parts import NewPart
from people.models import Agent, Team
from tests.conversations.desk import NOON, conversation, team
from tests.conversations.uploads import Browser, error_of, fetched, kept

BYTES = b"the only copy"
NOT_FOUND = (404, "not_found", "There is nothing here, or it is not yours to see.")


class Case:
    """A customer's conversation in a team, with a file of theirs in it."""

    def __init__(self, content: bytes = BYTES, name: str = "a.txt") -> None:
        self.browser = Browser()
        self.where: Conversation = conversation(team=team())
        self.browser.becomes(self.where.customer)
        self.file = kept(content, name, self.browser.uploader)
        self.part = self.send(self.file)
        assert self.where.team is not None
        self.team: Team = self.where.team

    def send(self, file: Attachment, kind: str = "message", by: Agent | None = None) -> Any:
        """Post a file, as the customer or by an agent."""
        author = serializers.agent_author(by) if by else serializers.customer_author(self.where.customer)
        new = NewPart(self.where.pk, kind, author, "", uuid.uuid4(), (file.pk,), token_hash=self.browser.hashed)
        return actions.post_one(new, now=NOON).part

    def url(self) -> str:
        return str(self.browser.link(self.file.pk).json()["url"])


async def a_case(*given: Any) -> Case:
    return await sync_to_async(Case)(*given)


async def get(url: str, client: AsyncClient | None = None, **headers: str) -> tuple[Any, bytes]:
    return await fetched(url, client, **headers)


async def is_not_found(url: str, client: AsyncClient | None = None) -> None:
    answer, body = await get(url, client)
    assert error_of(answer) == NOT_FOUND
    assert BYTES not in body
