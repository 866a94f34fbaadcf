"""JSON forms of conversations, rows and stored parts (docs/protocol.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from conversations.models import (
    Attachment,
    Conversation,
    Draft,
    Follower,
    Mention,
    Part,
    Priority,
    ReadMark,
)
from conversations.parts import SYSTEM, Author, PartData
from people.models import Agent, Customer

PRIORITY_NAMES = {Priority.LOW: "low", Priority.NORMAL: "normal", Priority.HIGH: "high", Priority.URGENT: "urgent"}


def agent_author(agent: Agent) -> Author:
    return Author("agent", agent.pk, str(agent))


def customer_author(customer: Customer) -> Author:
    return Author("customer", customer.pk, customer.display_name, str(customer.public_id))


def attachment(file: Attachment) -> dict[str, Any]:
    """Facts about a file; never a link, which is made for one reader and ten minutes."""
    return {
        "id": file.pk,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "width": file.width,
        "height": file.height,
        "removed": file.removed_at is not None,
    }


def part(row: Part) -> PartData:
    """A stored part; the query should have selected `customer`, `agent`, `conversation` and
    prefetched `attachments` (see `stored_parts`)."""
    return PartData(
        id=row.pk,
        conversation=row.conversation.public_id,
        number=row.number,
        public_number=row.public_number,
        kind=row.kind,
        author=_author(row),
        client_id=row.client_id,
        body=row.body,
        event=row.event,
        data=row.data,
        at=row.created_at,
        attachments=tuple(attachment(file) for file in row.attachments.all()),
        redacted=row.redacted_at is not None,
    )


def stored_parts(parts: Any) -> list[PartData]:
    """Every part of a queryset, in three statements."""
    rows = parts.select_related("customer", "agent", "conversation").prefetch_related("attachments")
    return [part(row) for row in rows]


def _author(row: Part) -> Author:
    if row.author_kind == "agent":
        return agent_author(row.agent) if row.agent else Author("agent", None, "")
    if row.author_kind == "customer":
        return customer_author(row.customer) if row.customer else Author("customer", None, "")
    return SYSTEM


def summary(conversation: Conversation, events: Sequence[int] = ()) -> dict[str, Any]:
    """What its customer may know of a conversation; `events` stand above their read mark and are no messages."""
    merged, assignee = conversation.merged_into, conversation.assignee
    return {
        "id": conversation.public_id,
        "state": conversation.state,
        "last_number": conversation.last_public_number,
        "read": conversation.customer_read,
        "agents_read": conversation.agents_read,
        "events": list(events),
        "snippet": conversation.snippet,
        "snippet_by": conversation.snippet_by,
        "at": conversation.last_part_at,
        "agent": {"name": str(assignee)} if assignee else None,
        "merged_into": merged.public_id if merged else None,
    }


def rows(conversations: Iterable[Conversation], viewer: Agent) -> list[dict[str, Any]]:
    """Rows of the inbox list as `viewer` sees them, in the given order."""
    found = list(conversations)
    marks = Marks([each.pk for each in found], [viewer.pk])
    return [{**row_facts(each), **marks.of(each.pk, viewer.pk)} for each in found]


class Marks:
    """What is particular to each of some agents about each of some conversations, in five statements."""

    def __init__(self, conversations: Sequence[int], agents: Sequence[int]) -> None:
        here = {"conversation__in": conversations, "agent__in": agents}
        read = ReadMark.objects.filter(**here).values_list("agent_id", "conversation_id", "number")
        self._read = {(agent, key): number for agent, key, number in read}
        self._mentioned = _mentioned(conversations, agents)
        drafts = Draft.objects.filter(**here).exclude(body="")
        self._drafts = set(drafts.values_list("agent_id", "conversation_id"))
        self._following = set(Follower.objects.filter(**here).values_list("agent_id", "conversation_id"))

    def of(self, conversation: int, agent: int) -> dict[str, Any]:
        key = agent, conversation
        return {
            "read": self._read.get(key, 0),
            "mentioned": key in self._mentioned,
            "draft": key in self._drafts,
            "following": key in self._following,
        }


def _mentioned(conversations: Sequence[int], agents: Sequence[int]) -> set[tuple[int, int]]:
    where = Mention.objects.filter(part__conversation__in=conversations)
    people = where.filter(agent__in=agents).values_list("agent_id", "part__conversation_id")
    teams = where.filter(team__agents__in=agents).values_list("team__agents", "part__conversation_id")
    return {*people, *teams}


ROW_RELATIONS = ("customer", "assignee", "team", "topic", "status", "touchpoint", "merged_into")


def row_facts(conversation: Conversation) -> dict[str, Any]:
    """What every agent who may see a conversation sees alike in its row."""
    customer, merged = conversation.customer, conversation.merged_into
    return {
        "id": conversation.public_id,
        "reference": conversation.reference,
        "version": conversation.last_number,
        "state": conversation.state,
        "status": _named(conversation.status),
        "subject": conversation.subject,
        "snippet": conversation.snippet,
        "snippet_by": conversation.snippet_by,
        "customer": {
            "id": customer.public_id,
            "name": customer.display_name,
            "verified": customer.verified,
        },
        "assignee": _named(conversation.assignee),
        "team": _named(conversation.team),
        "priority": PRIORITY_NAMES[Priority(conversation.priority)],
        "topic": _named(conversation.topic),
        "tags": [tag.name for tag in conversation.tags.all()],
        "touchpoint": conversation.touchpoint.name,
        "waiting_since": conversation.waiting_since,
        "snoozed_until": conversation.snoozed_until,
        "last_number": conversation.last_number,
        "last_public_number": conversation.last_public_number,
        "customer_read": conversation.customer_read,
        "at": conversation.last_part_at,
        "merged_into": merged.public_id if merged else None,
    }


def _named(row: Any) -> dict[str, str] | None:
    return {"id": str(row.pk), "name": str(row)} if row is not None else None
