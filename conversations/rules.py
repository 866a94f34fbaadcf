"""How a conversation changes when somebody writes. Pure: state in, state out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from conversations.parts import Author
from conversations.text import is_thanks, snippet

OPEN, SNOOZED, CLOSED = "open", "snoozed", "closed"


@dataclass(slots=True)
class Head:
    """What posting and every other verb may change of a conversation, held under its row lock."""

    id: int
    public_id: UUID
    customer_id: int
    touchpoint_id: int
    state: str
    status_id: int | None
    team_id: int | None
    assignee_id: int | None
    priority: int
    topic_id: int | None
    subject: str
    snippet: str
    snippet_by: str
    waiting_since: datetime | None
    snoozed_until: datetime | None
    merged_into_id: int | None
    last_number: int
    last_public_number: int
    customer_read: int
    agents_read: int
    last_part_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    author: Author
    why: str = ""


def after_message(head: Head, author: Author, body: str, now: datetime) -> Event | None:
    """Change `head` for a public message just placed in it; the event that has to follow, if any."""
    head.snippet, head.snippet_by = snippet(body), author.kind
    if author.kind == "customer":
        return _customer_wrote(head, body, now)
    head.agents_read = head.last_public_number
    head.waiting_since = None
    return None


def _customer_wrote(head: Head, body: str, now: datetime) -> Event | None:
    head.customer_read = head.last_public_number
    was = head.state
    if was != SNOOZED and head.waiting_since is None and is_thanks(body):
        return None  # nothing to answer: a closed conversation stays closed
    if was != OPEN:
        reopen(head)
    head.waiting_since = head.waiting_since or now
    return None if was == OPEN else Event("reopened" if was == CLOSED else "woken", _WROTE, "customer_wrote")


_WROTE = Author("system", None, "Parley")


def reopen(head: Head) -> None:
    head.state, head.status_id = OPEN, None
    head.snoozed_until = head.closed_at = None


def close(head: Head, now: datetime) -> None:
    head.state, head.status_id, head.closed_at = CLOSED, None, now
    head.waiting_since = head.snoozed_until = None


def snooze(head: Head, until: datetime | None) -> None:
    """None sleeps until the customer writes."""
    head.state, head.status_id, head.snoozed_until = SNOOZED, None, until
    head.waiting_since = head.closed_at = None
