"""Browsers that become customers with their first message."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from conversations import sessions
from conversations.actions.starting import NewConversation, start
from conversations.errors import NotFound, SlowDown
from conversations.models import Conversation, MessengerSession, Touchpoint
from people.limits import Limit
from people.models import Customer

# Beginning conversations is what floods queues, so it is what is limited: a person seldom needs more,
# an office behind one address has room.
BY_VISITOR = Limit("conversations of a visitor", most=10, seconds=3600)
BY_ADDRESS = Limit("conversations of an address", most=settings.PARLEY_CONVERSATION_RATE, seconds=3600)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A first message's envelope."""

    token_hash: str
    site: Touchpoint
    conversation: UUID
    page: dict[str, str] = field(default_factory=dict)
    language: str = ""
    time_zone: str = ""
    address: str = ""


def begin(beginning: Beginning, *, now: datetime) -> Conversation:
    """The conversation, begun if it is not there yet, and with it a session for a browser we meet for
    the first time.

    Raises:
        SlowDown: too many conversations begun from there.
        NotFound: the id is somebody else's.
    """
    session = _session(beginning, now)
    known = Conversation.objects.of_customer(session.customer).filter(public_id=beginning.conversation)
    if (conversation := known.select_related("customer").first()) is not None:
        return conversation
    _limit(beginning)
    with transaction.atomic():  # the holder stays the same meanwhile, so another tab's identity takes this along
        if (customer := holder(beginning.token_hash, beginning.site)) is None:
            raise NotFound
        _note_envelope(customer, beginning, now)
        return start(NewConversation(beginning.conversation, customer, beginning.site), now=now)


def holder(token_hash: str, site: Touchpoint) -> Customer | None:
    """Whose session it is. Locked, so that of two tabs that say the same the second finds it done; and the customer
    read after that, since a row joined to the locked one would be as old as the wait for it."""
    live = MessengerSession.objects.filter(pk=token_hash, touchpoint=site, revoked_at=None)
    session = live.select_for_update().first()
    return session.customer if session else None


def _note_envelope(customer: Customer, beginning: Beginning, now: datetime) -> None:
    """Where they write from, and in which language: a session that a signed identity made knows neither yet."""
    facts = {
        "page": beginning.page or customer.page,
        "language": customer.language or beginning.language,
        "time_zone": customer.time_zone or beginning.time_zone,
    }
    if any(getattr(customer, name) != value for name, value in facts.items()):
        Customer.objects.filter(pk=customer.pk).update(**facts, last_seen_at=now)


def _limit(beginning: Beginning) -> None:
    waits = BY_VISITOR.take(beginning.token_hash), BY_ADDRESS.take(beginning.address)
    if any(waits):
        raise SlowDown(max(waits))


def _session(beginning: Beginning, now: datetime) -> MessengerSession:
    session = sessions.messenger_session(beginning.token_hash, beginning.site)
    if session is not None:
        return session
    customer = Customer(
        language=beginning.language, time_zone=beginning.time_zone, page=beginning.page, last_seen_at=now
    )
    return open_session(beginning.token_hash, beginning.site, customer, now)


def open_session(token_hash: str, site: Touchpoint, customer: Customer, now: datetime) -> MessengerSession:
    """One session a token, however many sockets ask at once. A token that was ended begins anew."""
    try:
        with transaction.atomic():
            if customer._state.adding:  # noqa: SLF001 - Django has no public name for it
                customer.save(force_insert=True)
            MessengerSession.objects.filter(pk=token_hash).exclude(revoked_at=None).delete()
            return MessengerSession.objects.create(
                token_hash=token_hash, customer=customer, touchpoint=site, last_seen_at=now
            )
    except IntegrityError:
        return MessengerSession.objects.select_related("customer").get(pk=token_hash)


def end_session(token_hash: str, *, now: datetime) -> None:
    """The customer signed out: the token is worth nothing any more."""
    MessengerSession.objects.filter(pk=token_hash, revoked_at=None).update(revoked_at=now)


def note_page(customer: Customer, *, page: dict[str, str], now: datetime) -> None:
    """Where the customer is now, for the agent beside them."""
    Customer.objects.filter(pk=customer.pk).update(page=page, last_seen_at=now)
