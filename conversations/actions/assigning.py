"""Who answers: an agent."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations import ledger
from conversations.actions.holding import By, fact, held, row_of
from conversations.errors import AlreadyAssigned, BadRequest
from conversations.models import Conversation, State
from conversations.parts import SYSTEM
from people.models import Agent

FREED_AT_ONCE = 200


def claim(conversation: Conversation, *, by: Agent, now: datetime) -> None:
    """Take an unassigned conversation. Of many at once one gets it, and the others are told who.

    Raises:
        AlreadyAssigned: somebody else was faster; it names them.
    """
    with held(conversation, by=by, now=now) as it:
        it.refuse_merged()
        if it.head.assignee_id == by.pk:
            return
        if it.head.assignee_id is not None:
            raise AlreadyAssigned(str(Agent.objects.get(pk=it.head.assignee_id)))
        it.head.assignee_id = by.pk
        it.event("assigned", to=fact(by))


def assign(conversation: Conversation, *, to: Agent | None, by: By, now: datetime, why: str = "") -> None:
    """Give a conversation to an agent, or back to nobody.

    Raises:
        BadRequest: the agent has left.
    """
    with held(conversation, by=by, now=now) as it:
        it.refuse_merged()
        if it.head.assignee_id == (to.pk if to else None):
            return
        if to is not None and not Agent.objects.filter(pk=to.pk, is_active=True).exists():
            message = format_lazy(_("{name} is not here any more; choose somebody else."), name=str(to))
            raise BadRequest("unknown_value", message, field="assignee")
        before = row_of(Agent, it.head.assignee_id)
        it.head.assignee_id = to.pk if to else None
        it.event("assigned", why=why, to=fact(to), was=fact(before))


def free_from_departed(now: datetime) -> int:
    """Take what is not done from agents who have left, so that it stands where others look for work; how many."""
    freed = 0
    while keys := list(_of_departed().order_by("pk").values_list("pk", flat=True)[:FREED_AT_ONCE]):
        freed += _free(keys, now)
    return freed


def _free(keys: list[int], now: datetime) -> int:
    with ledger.hold(keys) as book:
        still = _of_departed().filter(pk__in=keys).select_related("assignee")
        for conversation in still:
            head = book.heads[conversation.pk]
            head.assignee_id = None
            book.event(head, "assigned", by=SYSTEM, now=now, why="left", to=None, was=fact(conversation.assignee))
    return len(still)


def _of_departed() -> QuerySet[Conversation]:
    return Conversation.objects.exclude(state=State.CLOSED).filter(last_number__gt=0, assignee__is_active=False)
