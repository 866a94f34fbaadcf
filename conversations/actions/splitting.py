"""A second matter gets a conversation of its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations import ledger, serializers
from conversations.actions.holding import By, Held, author_of, held, refresh
from conversations.errors import NotFound, Refusal, Text
from conversations.ledger import Ledger
from conversations.models import Attachment, Conversation, Part
from conversations.parts import PartData
from conversations.rules import Head
from conversations.text import is_thanks, snippet

MAX_PARTS = 200
_KEPT = ("customer_id", "touchpoint_id", "team_id", "assignee_id", "priority", "topic_id", "subject")


class CannotSplit(Refusal):
    """Those numbers do not make a conversation."""

    code = "cannot_split"

    def __init__(self, message: Text) -> None:
        super().__init__(message, field="numbers")


def split(
    conversation: Conversation, *, numbers: Sequence[int], by: By, now: datetime, public_id: uuid.UUID | None = None
) -> Conversation:
    """A new conversation of the same customer with copies of those parts (full numbering), in their order and with
    their times. A `public_id` of the caller's makes it safe to ask twice.

    Raises:
        CannotSplit: no message among them, events, too many, or numbers that do not exist.
        NotFound: the public id is somebody else's conversation.
    """
    key = public_id or uuid.uuid4()
    with held(conversation, by=by, now=now) as it:
        if (made := _made_before(it.head, key)) is not None:
            return made
        it.refuse_merged()
        parts = _wanted(it.head, numbers)
        new = _begin(it.head, key, parts, now)
        copies = _fill(it, new, parts, by)
        it.event("split", **_reference("into", new.public_id, new.pk), numbers=copies)
    return new


def _made_before(head: Head, key: uuid.UUID) -> Conversation | None:
    made = Conversation.objects.filter(public_id=key).first()
    if made is None:
        return None
    came = made.parts.filter(event="split_from").order_by("number").first()
    if came is None or came.data.get("from") != str(head.public_id):
        raise NotFound
    return made


def _wanted(head: Head, numbers: Sequence[int]) -> list[Part]:
    wanted = set(numbers)
    if len(wanted) > MAX_PARTS:
        raise CannotSplit(format_lazy(_("At most {n} messages at once."), n=MAX_PARTS))
    rows = Part.objects.filter(conversation=head.id, number__in=wanted, redacted_at=None).exclude(kind="event")
    parts = list(rows.in_order().select_related("customer", "agent", "conversation").prefetch_related("attachments"))
    if len(parts) != len(wanted):
        raise CannotSplit(_("Choose messages and notes of this conversation; events stay where they happened."))
    if not any(part.kind == "message" for part in parts):
        raise CannotSplit(_("Choose at least one message: notes alone make no conversation."))
    return parts


def _begin(head: Head, key: uuid.UUID, parts: Sequence[Part], now: datetime) -> Conversation:
    kept = {name: getattr(head, name) for name in _KEPT}
    return Conversation.objects.create(public_id=key, created_at=parts[0].created_at, last_part_at=now, **kept)


def _fill(it: Held, new: Conversation, parts: Sequence[Part], by: By) -> dict[str, int]:
    """Copy the parts; which number each got. Nobody else can wait for a row that nobody else can see, so this second
    lock cannot close a ring."""
    with ledger.hold([new.pk]) as book:
        head = book.heads[new.pk]
        copies = [(part, _copy(book, head, part)) for part in parts]
        _read_and_waiting(head, parts)
        numbers = {str(part.number): copy.number for part, copy in copies}
        came = _reference("from", it.head.public_id, it.head.id)
        book.event(head, "split_from", by=author_of(by), now=it.now, **came, numbers=numbers)
    refresh(new, head)
    return numbers


def _copy(book: Ledger, head: Head, part: Part) -> PartData:
    files = [_copy_of(file) for file in part.attachments.all()]
    copy = book.place(
        head,
        kind=part.kind,
        author=serializers.part(part).author,
        now=part.created_at,
        body=part.body,
        attachments=tuple(serializers.attachment(file) for file in files),
        public=part.kind == "message",
    )
    book.after_write.append(lambda: _bind(files, copy))
    return copy


def _copy_of(file: Attachment) -> Attachment:
    """A row of its own for the same stored content."""
    facts = ("name", "media_type", "size", "blob", "width", "height", "created_at", "removed_at")
    return Attachment(agent_id=file.agent_id, **{name: getattr(file, name) for name in facts})


def _bind(files: Sequence[Attachment], copy: PartData) -> None:
    for file in files:
        file.part_id = copy.id
    Attachment.objects.bulk_create(files)


def _read_and_waiting(head: Head, parts: Sequence[Part]) -> None:
    """The customer knows what they are being asked to see again; the last word decides whether they wait."""
    messages = [part for part in parts if part.kind == "message"]
    last = messages[-1]
    head.snippet, head.snippet_by = snippet(last.body), last.author_kind
    head.customer_read = head.agents_read = head.last_public_number
    if last.author_kind == "customer" and not is_thanks(last.body):
        answered = [index for index, part in enumerate(messages) if part.author_kind != "customer"]
        head.waiting_since = messages[answered[-1] + 1 if answered else 0].created_at


def _reference(name: str, public_id: uuid.UUID, key: int) -> dict[str, str]:
    return {name: str(public_id), f"{name}_reference": f"#{key}"}
