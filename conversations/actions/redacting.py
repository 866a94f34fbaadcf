"""What should never have been written is taken away: text, files and search, here and in every copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from conversations import ledger
from conversations.actions import files
from conversations.actions.holding import By, author_of, visible_head
from conversations.errors import Refusal
from conversations.ledger import Ledger
from conversations.models import Attachment, Conversation, OutboxRow, Part
from conversations.parts import Author
from conversations.search.indexing import forget
from people.names import one_line

Place = tuple[int, int]  # conversation, number


class CannotRedact(Refusal):
    """Events hold no text of anybody's."""

    code = "cannot_redact"

    def __init__(self) -> None:
        super().__init__(_("Only messages and notes can be removed."), field="number")


def redact(part: Part, *, by: By, now: datetime, why: str = "") -> None:
    """Empty a message or note for good. Its place in the numbering stays, so that nobody mistakes it for a loss.

    Raises:
        CannotRedact: it is an event.
    """
    if part.kind == "event":
        raise CannotRedact
    everywhere = list(_with_copies(part.conversation_id, part.number))
    with ledger.hold(conversation for conversation, _ in everywhere) as book:
        visible_head(book, part.conversation_id, by)
        for conversation, number in everywhere:
            row = Part.objects.filter(conversation=conversation, number=number, redacted_at=None).first()
            if row is not None:
                erase_parts(book, [row], author_of(by), now, one_line(why))
    part.refresh_from_db()


def erase_parts(book: Ledger, parts: Iterable[Part], author: Author, now: datetime, why: str) -> None:
    """Empty parts of held conversations."""
    for part in parts:
        head = book.heads[part.conversation_id]
        Part.objects.filter(pk=part.pk).update(body="", redacted_at=now)
        forget([part.pk])
        for attachment in Attachment.objects.filter(part=part.pk, removed_at=None):
            files.remove(attachment, now=now)
        if part.public_number is not None and not _said_after(part):
            head.snippet = ""
        _index_again(part, now)
        book.event(head, "redacted", by=author, now=now, why=why, number=part.number, public_number=part.public_number)


def _said_after(part: Part) -> bool:
    """Whether the conversation's snippet is another message's."""
    return Part.objects.filter(conversation=part.conversation_id, number__gt=part.number, kind="message").exists()


def _index_again(part: Part, now: datetime) -> None:
    """An indexer may have read the text just before it went; the row makes it look once more."""
    OutboxRow.objects.create(topic="redacted", conversation_id=part.conversation_id, part_id=part.pk, available_at=now)


def _with_copies(conversation: int, number: int) -> Iterator[Place]:
    """Where a part stands, and every place that splitting copied it to or from."""
    waiting, seen = [(conversation, number)], set()
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            waiting += _neighbours(*place)
            yield place


def _neighbours(conversation: int, number: int) -> Iterator[Place]:
    splits = Part.objects.filter(conversation=conversation, event__in=("split", "split_from"))
    for event, data in splits.values_list("event", "data"):
        numbers: dict[str, int] = data["numbers"]
        if event == "split" and str(number) in numbers:
            yield _key(data["into"]), numbers[str(number)]
        elif event == "split_from":
            yield from ((_key(data["from"]), int(old)) for old, new in numbers.items() if new == number)


def _key(public_id: str) -> int:
    return Conversation.objects.values_list("pk", flat=True).get(public_id=UUID(public_id))
