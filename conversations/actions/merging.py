"""Two conversations about one matter become one, and how that is undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from conversations import ledger, rules
from conversations.actions.holding import By, author_of, refresh, row_of, visible_head
from conversations.errors import ConversationMerged, Refusal, Text
from conversations.ledger import Ledger
from conversations.models import Conversation, Part, Status
from conversations.parts import SYSTEM, Author
from conversations.rules import Head
from people.names import one_line

_TIMES = ("waiting_since", "snoozed_until", "closed_at")


class CannotMerge(Refusal):
    """These two stay two."""

    code = "cannot_merge"
    status = 409

    def __init__(self, message: Text) -> None:
        super().__init__(message, field="into")


def merge(source: Conversation, *, into: Conversation, by: By, now: datetime, why: str = "") -> None:
    """Close `source`; what its customer writes next arrives in `into`. Messages stay where they were written.

    Only conversations of one customer: whoever writes to the source would else read somebody else's conversation.

    Raises:
        CannotMerge: into itself, or of different customers.
        ConversationMerged: one of them already went into another one.
    """
    with ledger.hold([source.pk, into.pk]) as book:
        one, other = visible_head(book, source.pk, by), visible_head(book, into.pk, by)
        if one.merged_into_id != other.id:
            _refuse(one, other)
            _merge(book, one, other, author_of(by), now, one_line(why))
    refresh(source, one)
    refresh(into, other)


def unmerge(source: Conversation, *, by: By, now: datetime, why: str = "") -> None:
    """Take a conversation out of the one it was merged into; it is again as it was before."""
    with ledger.hold([source.pk, *_target_of(source)]) as book:
        head = visible_head(book, source.pk, by)
        if head.merged_into_id is not None:
            target = book.heads.get(head.merged_into_id)
            merged = Part.objects.filter(conversation=head.id, event="merged").order_by("-number").first()
            _restore(head, merged)
            author, facts = author_of(by), {"why": one_line(why)} if why else {}
            book.place(head, kind="event", author=author, now=now, event="unmerged", data=facts, public=True)
            if target is not None:
                _relieve(target, head)
                facts = {**facts, **_reference("from", head)}
                book.place(target, kind="event", author=author, now=now, event="unmerged", data=facts)
    refresh(source, head)


def destination(key: int) -> int:
    """Where messages to the conversation with that key go: along every merge, to the end."""
    while (target := Conversation.objects.values_list("merged_into", flat=True).get(pk=key)) is not None:
        key = target  # merges never form a ring: what is merged takes in nothing more
    return key


def _refuse(one: Head, other: Head) -> None:
    if one.id == other.id:
        raise CannotMerge(_("A conversation cannot be merged into itself."))
    if one.customer_id != other.customer_id:
        raise CannotMerge(_("They belong to different customers; each would read what the other wrote."))
    for head in (one, other):
        if head.merged_into_id is not None:
            raise ConversationMerged(head.merged_into_id)


def _merge(book: Ledger, one: Head, other: Head, author: Author, now: datetime, why: str) -> None:
    before, was = _remembered(one), _remembered(other)
    waiting_since = one.waiting_since
    rules.close(one, now)
    one.merged_into_id = other.id
    book.event(one, "merged", by=author, now=now, why=why, **_reference("into", other), was=before)
    book.event(other, "merged_from", by=author, now=now, why=why, **_reference("from", one), was=was)
    if waiting_since is not None:
        _keep_waiting(book, other, waiting_since, now)


def _keep_waiting(book: Ledger, head: Head, since: datetime, now: datetime) -> None:
    """Whoever waited for an answer in the one waits in the other."""
    if head.state != rules.OPEN:
        was = head.state
        rules.reopen(head)
        book.event(head, "reopened" if was == rules.CLOSED else "woken", by=SYSTEM, now=now, why="merged")
    head.waiting_since = min(head.waiting_since or since, since)


def _remembered(head: Head) -> dict[str, Any]:
    times = {name: at.isoformat() if (at := getattr(head, name)) else None for name in _TIMES}
    return {"state": head.state, "status_id": head.status_id, **times}


def _relieve(target: Head, source: Head) -> None:
    """Where nothing has happened since the merge, its target is as it was too: who waits, waits in the source again."""
    merged = Part.objects.filter(conversation=target.id, event="merged_from", data__from=str(source.public_id))
    if (last := merged.order_by("-number").first()) is None or "was" not in last.data:
        return
    since = Part.objects.filter(conversation=target.id, number__gt=last.number).exclude(kind="note")
    if not since.exclude(kind="event", data__why="merged").exists():
        _restore(target, last)


def _restore(head: Head, merged: Part | None) -> None:
    """As it was before the merge, which its event remembers."""
    before: dict[str, Any] = (merged.data.get("was") if merged else None) or {"state": rules.OPEN}
    head.merged_into_id, head.state = None, before["state"]
    named = row_of(Status, before.get("status_id"))
    head.status_id = named.pk if named and named.state == head.state else None
    for name in _TIMES:
        setattr(head, name, datetime.fromisoformat(before[name]) if before.get(name) else None)


def _target_of(source: Conversation) -> list[int]:
    target = Conversation.objects.values_list("merged_into", flat=True).filter(pk=source.pk).first()
    return [target] if target is not None else []


def _reference(name: str, head: Head) -> dict[str, str]:
    return {name: str(head.public_id), f"{name}_reference": f"#{head.id}"}
