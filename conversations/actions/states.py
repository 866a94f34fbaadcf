"""Open, snoozed, closed, and the finer names a desk gives them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from conversations import ledger, rules
from conversations.actions.holding import By, Held, fact, held
from conversations.errors import NewerMessage, TextRefused
from conversations.models import Conversation, State, Status
from conversations.parts import SYSTEM
from conversations.rules import Head
from conversations.text import is_thanks

WAKE_AT_ONCE = 200
LONGEST = timedelta(days=3660)  # well within what PostgreSQL and Python can both write down


def close(conversation: Conversation, *, by: By, now: datetime, why: str = "", seen: int | None = None) -> None:
    """Nothing more to do, until the customer says otherwise.

    Raises:
        NewerMessage: they have, above the last number that was `seen`; closing now would leave it unread.
    """
    with held(conversation, by=by, now=now) as it:
        if it.head.state != rules.CLOSED:
            if seen is not None and it.head.last_number > seen and _customer_wrote(conversation, seen):
                raise NewerMessage(_("The customer has written since you looked. Read it before you close."))
            _close(it, why)


def _customer_wrote(conversation: Conversation, after: int) -> bool:
    return conversation.parts.filter(number__gt=after, kind="message", author_kind="customer").exists()


def reopen(conversation: Conversation, *, by: By, now: datetime, why: str = "") -> None:
    """Take a closed or snoozed conversation up again."""
    with held(conversation, by=by, now=now) as it:
        it.refuse_merged()
        if it.head.state != rules.OPEN:
            _reopen(it, why)


def snooze(conversation: Conversation, *, until: datetime | None, by: By, now: datetime, why: str = "") -> None:
    """Put a conversation aside until a time or the customer's next message; None is until they write.

    Raises:
        TextRefused: that time is over, or too far away.
    """
    if until is not None and until <= now:
        raise TextRefused("invalid_date", _("That time is over. Choose one to come."), field="until")
    if until is not None and until > now + LONGEST:
        raise TextRefused("invalid_date", _("Choose a time within the next ten years."), field="until")
    with held(conversation, by=by, now=now) as it:
        it.refuse_merged()
        if it.head.state != rules.SNOOZED or it.head.snoozed_until != until:
            _snooze(it, until, why)


def set_status(conversation: Conversation, status: Status | None, *, by: By, now: datetime, why: str = "") -> None:
    """Give the state a finer name; a name that belongs to another state brings the conversation there."""
    with held(conversation, by=by, now=now) as it:
        it.refuse_merged()
        key = status.pk if status else None
        if status is not None and status.state != it.head.state:
            _enter(it, State(status.state), why)
        elif it.head.status_id == key:
            return
        it.head.status_id = key
        it.event("status_set", why=why, status=fact(status), state=it.head.state)


def wake_due(now: datetime) -> int:
    """Wake everything that was snoozed until now; how many woke."""
    due = Conversation.objects.due_to_wake(now).order_by("pk").values_list("pk", flat=True)
    woken = 0
    while keys := list(due[:WAKE_AT_ONCE]):
        woken += _wake(keys, now)
    return woken


def _wake(keys: list[int], now: datetime) -> int:
    with ledger.hold(keys) as book:
        due = [head for head in book.heads.values() if _is_due(head, now)]
        for head in due:
            _resume(head, now)
            book.event(head, "woken", by=SYSTEM, now=now, why="time")
    return len(due)


def _is_due(head: Head, now: datetime) -> bool:
    return head.state == rules.SNOOZED and head.snoozed_until is not None and head.snoozed_until <= now


def _enter(it: Held, state: State, why: str) -> None:
    if state == State.CLOSED:
        _close(it, why)
    elif state == State.SNOOZED:
        _snooze(it, None, why)
    else:
        _reopen(it, why)


def _close(it: Held, why: str) -> None:
    rules.close(it.head, it.now)
    it.event("closed", why=why)


def _snooze(it: Held, until: datetime | None, why: str) -> None:
    rules.snooze(it.head, until)
    it.event("snoozed", why=why, until=until.isoformat() if until else None)


def _reopen(it: Held, why: str) -> None:
    was = it.head.state
    _resume(it.head, it.now)
    it.event("reopened" if was == rules.CLOSED else "woken", why=why)


def _resume(head: Head, now: datetime) -> None:
    """Open again; when the last word is the customer's they wait from now on, the pause was agreed."""
    rules.reopen(head)
    if head.snippet_by == "customer" and not is_thanks(head.snippet):
        head.waiting_since = now
