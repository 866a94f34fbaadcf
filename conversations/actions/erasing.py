"""A customer is forgotten, as the law demands: the shape of what happened stays, every word of theirs goes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from conversations import ledger, realtime
from conversations.actions.holding import By, author_of
from conversations.actions.redacting import erase_parts
from conversations.models import Conversation, Draft, MessengerSession, Part
from people import actions as people
from people.models import Customer

_TELLING = ("identified", "attributes_set")  # events whose facts are personal


def erase_customer(customer: Customer, *, by: By, now: datetime) -> None:
    """Empty every message and note of their conversations, end their sessions, and forget who they were.

    One conversation at a time, so that it can be stopped and begun again.
    """
    author = author_of(by)
    for key in Conversation.objects.of_customer(customer).order_by("pk").values_list("pk", flat=True):
        with ledger.hold([key]) as book:
            words = Part.objects.filter(conversation=key, redacted_at=None).exclude(kind="event").in_order()
            erase_parts(book, words, author, now, "erasure")
            Part.objects.filter(conversation=key, event__in=_TELLING).update(data={})
            Draft.objects.filter(conversation=key).delete()
            Conversation.objects.filter(pk=key).update(attributes={}, subject="", snippet="")
            book.heads[key].subject = book.heads[key].snippet = ""  # the ledger writes them when it placed a part
    with transaction.atomic():
        MessengerSession.objects.filter(customer=customer).delete()
        people.forget_customer(customer)
        transaction.on_commit(lambda: realtime.revoke_customer(customer.pk))
