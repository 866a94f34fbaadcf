"""How conversations begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from conversations.errors import NotFound
from conversations.models import Conversation, Touchpoint
from people.models import Customer
from people.names import one_line


@dataclass(frozen=True, slots=True)
class NewConversation:
    """`public_id` comes from the client, so that starting can be retried without a second one."""

    public_id: UUID
    customer: Customer
    touchpoint: Touchpoint
    subject: str = ""
    attributes: dict[str, Any] | None = None


def start(new: NewConversation, *, now: datetime) -> Conversation:
    """The conversation with that public id, made if it is not there yet. It stays out of every list
    until its first message is posted.

    Raises:
        NotFound: the id belongs to somebody else's conversation.
    """
    try:
        with transaction.atomic():
            return _create(new, now)
    except IntegrityError:
        mine = Conversation.objects.of_customer(new.customer).filter(public_id=new.public_id).select_related("customer")
        if (conversation := mine.first()) is None:
            raise NotFound from None
        return conversation


def _create(new: NewConversation, now: datetime) -> Conversation:
    return Conversation.objects.create(
        public_id=new.public_id,
        customer=new.customer,
        touchpoint=new.touchpoint,
        team=new.touchpoint.team,
        subject=one_line(new.subject),
        attributes=new.attributes or {},
        created_at=now,
        last_part_at=now,
    )
