"""A browser says who its customer is, with an identity that its site signed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from conversations import ledger, realtime, sessions
from conversations.actions.visiting import holder, open_session
from conversations.models import Conversation, MessengerSession, Part, Touchpoint
from conversations.parts import SYSTEM
from conversations.tokens import verify_identity
from people import actions as people
from people.models import Customer


def identify(token_hash: str, site: Touchpoint, identity: str, *, now: datetime) -> Customer:
    """The verified customer behind a signed identity; the browser's session is theirs from now on, and with it what
    was written in it while nobody knew by whom. Another verified customer's conversations stay theirs: two people may
    share one browser.

    Raises:
        IdentityRefused: the token proves nothing.
    """
    claims = verify_identity(identity, audience=site.key, keys=sessions.live_keys(site, now), now=now)
    with transaction.atomic():
        was = holder(token_hash, site)
        anonymous = was if was is not None and not was.verified else None
        customer = people.identify(anonymous, claims, now=now)
        if was is None:
            return open_session(token_hash, site, customer, now).customer
        if anonymous is not None:
            _recognise(anonymous.pk, customer, now)
        if was.pk != customer.pk:
            _hand_over(token_hash, was.pk, customer)
    return customer


def _recognise(anonymous: int, customer: Customer, now: datetime) -> None:
    """What a visitor wrote is the customer's."""
    theirs = list(Conversation.objects.filter(customer=anonymous).values_list("pk", flat=True))
    with ledger.hold(theirs) as book:
        if anonymous != customer.pk:
            Conversation.objects.filter(pk__in=theirs).update(customer=customer)
            Part.objects.filter(conversation__in=theirs, customer=anonymous).update(customer=customer)
        who = {"id": str(customer.public_id), "name": customer.display_name}
        for head in book.heads.values():
            head.customer_id = customer.pk  # who is to hear of it
            if head.last_number:
                book.event(head, "identified", by=SYSTEM, now=now, customer=who)


def _hand_over(token_hash: str, was: int, customer: Customer) -> None:
    """Sockets that were opened for somebody else look again, and close."""
    MessengerSession.objects.filter(pk=token_hash).update(customer=customer)
    if not MessengerSession.objects.filter(customer=was).exists():
        Customer.objects.filter(pk=was, verified=False, conversations=None).delete()
    transaction.on_commit(lambda: realtime.revoke_customer(was))
