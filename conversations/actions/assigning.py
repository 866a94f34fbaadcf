"""Who answers: an agent."""

from __future__ import annotations

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations.actions.holding import By, fact, held, row_of
from conversations.errors import AlreadyAssigned, BadRequest
from conversations.models import Conversation
from people.models import Agent


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
