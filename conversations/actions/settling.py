"""What a rule or a model decided for many conversations at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from conversations import ledger
from conversations.actions.holding import fact
from conversations.ledger import Ledger
from conversations.models import Kind, Part, Priority, State, Topic
from conversations.parts import Author
from conversations.rules import Head
from conversations.serializers import PRIORITY_NAMES
from people.models import Agent, Team

# Which event of a person says that they have decided a field themselves.
_BY_HAND = {"topic_set": "topic", "prioritised": "priority", "routed": "team"}


@dataclass(frozen=True, slots=True)
class Settling:
    """What is to be set in the conversation with key `conversation`: keys of rows, None leaves a field as it is.

    `why` has a short code for each field, which the inbox puts into words.
    """

    conversation: int
    topic: int | None = None
    priority: int | None = None
    team: int | None = None
    assignee: int | None = None
    why: Mapping[str, str] = field(default_factory=dict)
    escalated: bool = False


def settle(settlings: Sequence[Settling], *, by: Author, now: datetime) -> dict[int, frozenset[str]]:
    """Set them all in one transaction; which fields were changed of which conversation.

    People come first: a topic, priority or team that a person chose stays, an agent is given only to a conversation
    that has none, and closed and merged conversations are left alone. A topic, team or agent that is gone by now is
    not given.
    """
    by_key = {each.conversation: each for each in settlings}
    with ledger.hold(by_key) as book:
        rows = _Rows.wanted_by(settlings)
        hands = decided_by_hand(list(book.heads))
        return {
            key: _apply(book, head, by_key[key], rows, hands.get(key, frozenset()), by, now)
            for key, head in book.heads.items()
        }


def decided_by_hand(conversations: Sequence[int]) -> dict[int, frozenset[str]]:
    """Which of topic, priority and team a person has decided, of each conversation where one did."""
    events = Part.objects.filter(
        conversation__in=conversations, kind=Kind.EVENT, author_kind="agent", event__in=_BY_HAND
    )
    found: dict[int, set[str]] = {}
    for key, event in events.values_list("conversation", "event").distinct():
        found.setdefault(key, set()).add(_BY_HAND[event])
    return {key: frozenset(names) for key, names in found.items()}


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows that are pointed at, before and after, as far as they exist."""

    topics: Mapping[int, Topic]
    teams: Mapping[int, Team]
    agents: Mapping[int, Agent]

    @classmethod
    def wanted_by(cls, settlings: Sequence[Settling]) -> _Rows:
        """Topics and teams are few, so all are read: what a conversation had before is among them."""
        wants_topic = any(each.topic is not None for each in settlings)
        wants_team = any(each.team is not None for each in settlings)
        agents = {each.assignee for each in settlings if each.assignee is not None}
        return cls(
            Topic.objects.in_bulk() if wants_topic else {},
            Team.objects.in_bulk() if wants_team else {},
            Agent.objects.filter(is_active=True).in_bulk(agents) if agents else {},
        )


def _apply(
    book: Ledger, head: Head, wanted: Settling, rows: _Rows, hands: frozenset[str], by: Author, now: datetime
) -> frozenset[str]:
    if head.merged_into_id is not None or head.state == State.CLOSED:
        return frozenset()
    changed = {
        "topic": "topic" not in hands and _topic(book, head, wanted, rows, by, now),
        "priority": "priority" not in hands and _priority(book, head, wanted, by, now),
        "team": "team" not in hands and _team(book, head, wanted, rows, by, now),
        "assignee": _assignee(book, head, wanted, rows, by, now),
    }
    return frozenset(name for name, is_so in changed.items() if is_so)


def _topic(book: Ledger, head: Head, wanted: Settling, rows: _Rows, by: Author, now: datetime) -> bool:
    if wanted.topic is None or wanted.topic not in rows.topics or wanted.topic == head.topic_id:
        return False
    before = rows.topics.get(head.topic_id or 0)
    head.topic_id = wanted.topic
    topic = rows.topics[wanted.topic]
    book.event(head, "topic_set", by=by, now=now, why=wanted.why.get("topic", ""), topic=fact(topic), was=fact(before))
    return True


def _priority(book: Ledger, head: Head, wanted: Settling, by: Author, now: datetime) -> bool:
    if wanted.priority is None or wanted.priority == head.priority:
        return False
    was, head.priority = Priority(head.priority), Priority(wanted.priority)
    names = {"priority": PRIORITY_NAMES[Priority(wanted.priority)], "was": PRIORITY_NAMES[was]}
    book.event(head, "prioritised", by=by, now=now, why=wanted.why.get("priority", ""), **names)
    return True


def _team(book: Ledger, head: Head, wanted: Settling, rows: _Rows, by: Author, now: datetime) -> bool:
    if wanted.team is None or wanted.team not in rows.teams or wanted.team == head.team_id:
        return False
    before = rows.teams.get(head.team_id or 0)
    head.team_id = wanted.team
    data: dict[str, Any] = {"to": fact(rows.teams[wanted.team]), "was": fact(before)}
    if wanted.escalated:
        data["escalated"] = True
    book.event(head, "routed", by=by, now=now, why=wanted.why.get("team", ""), **data)
    return True


def _assignee(book: Ledger, head: Head, wanted: Settling, rows: _Rows, by: Author, now: datetime) -> bool:
    if wanted.assignee is None or wanted.assignee not in rows.agents or head.assignee_id is not None:
        return False
    head.assignee_id = wanted.assignee
    agent = rows.agents[wanted.assignee]
    book.event(head, "assigned", by=by, now=now, why=wanted.why.get("assignee", ""), to=fact(agent), was=None)
    return True
