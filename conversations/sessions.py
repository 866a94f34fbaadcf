"""What a socket reads when it opens and when it catches up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet

from conversations import serializers
from conversations.errors import NotFound
from conversations.models import Conversation, MessengerSession, Part, Touchpoint
from conversations.parts import PartData
from conversations.serializers import ROW_RELATIONS
from people.models import Agent, Customer

PAGE = 500  # parts that one sync brings
SCREEN = 50  # parts that one look back brings
RECENT = 20  # conversations a messenger lists


@dataclass(frozen=True, slots=True)
class Caught:
    """Parts of one conversation, ascending; `more` when another page follows."""

    conversation: UUID
    parts: Sequence[PartData]
    last_number: int
    more: bool

    def frame(self, *, public: bool) -> dict[str, Any]:
        form = PartData.for_customers if public else PartData.for_agents
        return {
            "conversation": self.conversation,
            "parts": [form(part) for part in self.parts],
            "last_number": self.last_number,
            "more": self.more,
        }


@dataclass(frozen=True, slots=True)
class Opened:
    """What a messenger is welcomed with."""

    conversations: Sequence[dict[str, Any]]
    caught: Sequence[Caught]


def touchpoint(key: str) -> Touchpoint:
    """Raises NotFound."""
    if "\0" in key:  # no text for PostgreSQL, and so no key of ours
        raise NotFound
    found = Touchpoint.objects.filter(key=key, kind=Touchpoint.Kind.MESSENGER).first()
    if found is None:
        raise NotFound
    return found


def messenger_session(token_hash: str, site: Touchpoint) -> MessengerSession | None:
    """The live session of a browser; None for one we do not know (yet, or any more)."""
    sessions = MessengerSession.objects.select_related("customer")
    return sessions.filter(pk=token_hash, touchpoint=site, revoked_at=None).first()


def opening(customer: Customer, have: Mapping[UUID, int]) -> Opened:
    """Conversations and missing parts as of one moment; the caller has subscribed before."""
    with snapshot():
        mine = begun(customer)
        recent = list(mine.select_related("assignee", "merged_into").newest_first()[:RECENT])
        events = _unread_events(recent)
        held = mine.filter(public_id__in=have)
        return Opened(
            [serializers.summary(each, events.get(each.pk, ())) for each in recent],
            [catch_up(each, after=have[each.public_id], public=True) for each in held],
        )


def _unread_events(conversations: Sequence[Conversation]) -> dict[int, list[int]]:
    """Events that each customer has not seen yet, in their numbering: nobody is called for those."""
    above = Part.objects.public().filter(kind="event", public_number__gt=F("conversation__customer_read"))
    found: dict[int, list[int]] = {}
    for key, number in above.filter(conversation__in=conversations).values_list("conversation", "public_number"):
        if number is not None:
            found.setdefault(key, []).append(number)
    return found


def begun(customer: Customer) -> Any:
    return Conversation.objects.of_customer(customer).filter(last_number__gt=0)


def catch_up(conversation: Conversation, *, after: int, public: bool) -> Caught:
    """At most a page of the parts above `after`, in the reader's numbering."""
    number = "public_number" if public else "number"
    wanted = conversation.parts.filter(**{f"{number}__gt": after}).order_by(number)
    return _caught(conversation, wanted[: PAGE + 1], PAGE, public=public)


def earlier(conversation: Conversation, *, before: int, public: bool) -> Caught:
    """The screenful before a part, in the reader's numbering."""
    number = "public_number" if public else "number"
    lowest = max(0, before - SCREEN)
    wanted = conversation.parts.filter(**{f"{number}__lt": before, f"{number}__gte": lowest}).order_by(number)
    return _caught(conversation, wanted, SCREEN, public=public)


def newest(conversation: Conversation) -> Caught:
    """The last screenful, for agents."""
    return catch_up(conversation, after=max(0, conversation.last_number - SCREEN), public=False)


def _caught(conversation: Conversation, wanted: QuerySet[Part], limit: int, *, public: bool) -> Caught:
    parts = serializers.stored_parts(wanted)
    last = conversation.last_public_number if public else conversation.last_number
    return Caught(conversation.public_id, parts[:limit], last, len(parts) > limit)


def thread(agent: Agent, public_id: UUID, after: int) -> tuple[Conversation, dict[str, Any], Caught]:
    """A conversation an agent opens: itself, its row, and the parts they lack (`after` -1: the last
    screenful).

    Raises:
        NotFound: does not exist, or not for this agent.
    """
    with snapshot():
        conversation = visible(agent, public_id, related=ROW_RELATIONS)
        row = serializers.rows([conversation], agent)[0]
        caught = newest(conversation) if after < 0 else catch_up(conversation, after=after, public=False)
    return conversation, row, caught


def visible(agent: Agent, public_id: UUID, *, related: Sequence[str] = ()) -> Conversation:
    """A conversation this agent may see, with what is named in `related`.

    Raises:
        NotFound: does not exist, or not for this agent.
    """
    found = Conversation.objects.visible_to(agent).filter(public_id=public_id)
    conversation = (found.select_related(*related) if related else found).first()
    if conversation is None:
        raise NotFound
    return conversation


def own(customer: Customer, public_id: UUID) -> Conversation:
    """A customer's own conversation.

    Raises:
        NotFound: does not exist, or is not theirs.
    """
    conversation = Conversation.objects.of_customer(customer).filter(public_id=public_id).first()
    if conversation is None:
        raise NotFound
    return conversation


class snapshot(transaction.Atomic):  # noqa: N801 - reads like a verb in a with statement
    """Everything read inside sees the database as of one moment."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)

    def __enter__(self) -> None:
        outermost = connection.get_autocommit()
        super().__enter__()
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def live_keys(site: Touchpoint, now: datetime) -> dict[str, str]:
    """The secrets a site may sign identities with: {kid: secret}."""
    keys = site.keys.filter(retired_at__isnull=True) | site.keys.filter(retired_at__gt=now)
    return dict(keys.values_list("kid", "secret"))
