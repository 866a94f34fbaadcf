"""How far everybody has read. Marks only move forward, so that late and repeated ones do no harm."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import connection, transaction

from conversations import realtime
from conversations.actions.holding import may_see
from conversations.errors import NotFound
from conversations.models import Conversation
from people.models import Agent

_MOVE_MARK = """
INSERT INTO conversations_readmark AS mark (conversation_id, agent_id, number)
SELECT id, %(agent)s, LEAST(%(number)s, last_number) FROM conversations_conversation WHERE id = %(key)s
ON CONFLICT (agent_id, conversation_id) DO UPDATE SET number = EXCLUDED.number WHERE mark.number < EXCLUDED.number
RETURNING number
"""
_RAISE_AGENTS = """
UPDATE conversations_conversation AS c SET agents_read = reached.number
FROM (
    SELECT public_number AS number FROM conversations_part
    WHERE conversation_id = %(key)s AND number <= %(number)s AND public_number IS NOT NULL
    ORDER BY conversations_part.number DESC LIMIT 1
) AS reached
WHERE c.id = %(key)s AND c.agents_read < reached.number
RETURNING c.agents_read
"""
_RAISE_CUSTOMER = """
UPDATE conversations_conversation AS c SET customer_read = LEAST(%(number)s, last_public_number)
WHERE id = %(key)s AND customer_read < LEAST(%(number)s, last_public_number)
RETURNING customer_read, (
    SELECT number FROM conversations_part p WHERE p.conversation_id = c.id AND p.public_number = c.customer_read
)
"""


def mark_read(conversation: Conversation, *, by: Agent, number: int) -> None:
    """An agent has read up to `number` (full numbering); the customer learns how far anybody has.

    Raises:
        NotFound: it is out of the agent's sight.
    """
    key = conversation.pk
    with transaction.atomic():
        if not may_see(by, key):
            raise NotFound
        moved = _row(_MOVE_MARK, key=key, agent=by.pk, number=_bounded(number))
        raised = _row(_RAISE_AGENTS, key=key, number=moved[0]) if moved else None
        if moved and raised:
            conversation.agents_read = raised[0]
            transaction.on_commit(partial(_tell_agents_read, conversation, moved[0], raised[0]))
        if moved:
            transaction.on_commit(partial(realtime.publish_changed, [key]))


def mark_read_by_customer(conversation: Conversation, *, number: int) -> None:
    """The customer has read up to `number` (public numbering)."""
    with transaction.atomic():
        raised = _row(_RAISE_CUSTOMER, key=conversation.pk, number=_bounded(number))
        if raised:
            conversation.customer_read = raised[0]
            transaction.on_commit(partial(_tell_customer_read, conversation, *raised))


def _bounded(number: int) -> int:
    """What the database can compare; beyond the last part everything means the same."""
    return max(0, min(number, 2**31 - 1))


def _row(statement: str, **values: int) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _tell_agents_read(conversation: Conversation, number: int, public: int) -> None:
    about = {"conversation": conversation.public_id, "by": "agents"}
    realtime.publish_to(realtime.thread_group(conversation.pk), "read", **about, number=number)
    realtime.publish_to(realtime.customer_group(conversation.customer_id), "read", **about, number=public)


def _tell_customer_read(conversation: Conversation, public: int, number: int) -> None:
    about = {"conversation": conversation.public_id, "by": "customer"}
    realtime.publish_to(realtime.thread_group(conversation.pk), "read", **about, number=number)
    realtime.publish_to(realtime.customer_group(conversation.customer_id), "read", **about, number=public)
