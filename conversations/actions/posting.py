"""Posting messages and notes: one verb that takes a list, so that a busy desk pays one transaction
for many messages. A single message is a list of one."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conversations import ledger, realtime, rules, serializers
from conversations.errors import (
    AttachmentNotYours,
    BadRequest,
    Busy,
    ClientIdReused,
    ConversationMerged,
    NewerMessage,
    NotFound,
    Refusal,
    first_line,
)
from conversations.ledger import Ledger
from conversations.models import Attachment, Draft, Follower, Mention, Part
from conversations.parts import NewPart, PartData
from conversations.rules import Head
from people.models import Agent, Team

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Posted:
    part: PartData
    created: bool  # False: a retry, and this is what the first attempt made


Outcome = Posted | Refusal
Called = tuple[str, int]  # "agent" or "team", and its key


def post(new: Sequence[NewPart], *, now: datetime) -> list[Outcome]:
    """Post each of `new`, in order, in one transaction; the outcomes stand in the same order.

    A refused part is refused alone. Should the database refuse the whole, the parts are tried one
    by one, so that a bad one fails alone too.
    """
    try:
        return _post_together(new, now)
    except (DataError, IntegrityError) as problem:
        if len(new) == 1:
            log.warning("a part was refused by the database: %s", first_line(problem))
            return [Busy()]
    return [post([part], now=now)[0] for part in new]


def post_one(new: NewPart, *, now: datetime) -> Posted:
    """Post one part.

    Raises:
        Refusal: why it was not posted.
    """
    outcome = post([new], now=now)[0]
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _post_together(new: Sequence[NewPart], now: datetime) -> list[Outcome]:
    with ledger.hold(part.conversation for part in new) as held:
        batch = _Batch(held, _posted_before(new), _files_of(new), _called(new), now)
        outcomes = [batch.outcome(part) for part in new]
    return _with_stored(outcomes)


@dataclass(slots=True)
class _Before:
    """A part that an earlier attempt stored under the same client_id."""

    id: UUID
    fingerprint: str


class _Batch:
    def __init__(
        self,
        held: Ledger,
        before: dict[tuple[int, UUID], _Before],
        files: Mapping[UUID, Attachment],
        called: set[Called],
        now: datetime,
    ) -> None:
        self.held, self.before, self.files, self.now = held, before, dict(files), now
        self.called = called
        self.held.after_write.append(self._bind)
        self._bound: list[tuple[PartData, NewPart]] = []
        self._fresh: dict[tuple[int, UUID], PartData] = {}

    def outcome(self, new: NewPart) -> Posted | Refusal | _Before:
        try:
            return self._outcome(new)
        except Refusal as refusal:
            return refusal

    def _outcome(self, new: NewPart) -> Posted | _Before:
        head = self.held.heads.get(new.conversation)
        if head is None or not _allowed(new, head):
            raise NotFound
        fingerprint = new.fingerprint()
        retry = self._retried(new, fingerprint)
        if retry is not None:
            return retry
        if head.merged_into_id is not None:
            raise ConversationMerged(head.merged_into_id)
        if not self.called.issuperset(new.mentions):
            raise BadRequest("unknown_value", _("One of those you mention does not exist."), field="mentions")
        if new.seen is not None and head.last_number > new.seen and self._newer(head, new):
            raise NewerMessage
        return Posted(self._place(head, new, fingerprint), created=True)

    def _retried(self, new: NewPart, fingerprint: str) -> Posted | _Before | None:
        if new.client_id is None:
            return None
        key = new.conversation, new.client_id
        if before := self.before.get(key):
            if before.fingerprint != fingerprint:
                raise ClientIdReused
            return before
        if fresh := self._fresh.get(key):  # twice in this very batch
            if self.held.fingerprints[fresh.id] != fingerprint:
                raise ClientIdReused
            return Posted(fresh, created=False)
        return None

    def _newer(self, head: Head, new: NewPart) -> bool:
        """Whether a message by anybody else stands above what the author saw."""
        others = Part.objects.filter(conversation=head.id, number__gt=new.seen, kind="message")
        return others.exclude(Q(author_kind="agent", agent=new.author.id)).exists()

    def _place(self, head: Head, new: NewPart, fingerprint: str) -> PartData:
        public = new.kind == "message"
        part = self.held.place(
            head,
            kind=new.kind,
            author=new.author,
            now=self.now,
            body=new.body,
            client_id=new.client_id,
            fingerprint=fingerprint,
            attachments=self._attachments(new),
            public=public,
        )
        if new.client_id is not None:
            self._fresh[new.conversation, new.client_id] = part
        if new.attachments or new.mentions or new.author.kind == "agent":
            self._bound.append((part, new))
        if public:
            self._after_message(head, new)
        return part

    def _after_message(self, head: Head, new: NewPart) -> None:
        event = rules.after_message(head, new.author, new.body, self.now)
        if event is not None:
            self.held.event(head, event.name, by=event.author, now=self.now, why=event.why)
        if new.author.kind == "agent" and head.assignee_id is None:
            head.assignee_id = new.author.id
            to = {"id": str(new.author.id), "name": new.author.name}
            self.held.event(head, "assigned", by=new.author, now=self.now, why="replied_first", to=to)
        if new.then_close and head.state != rules.CLOSED:
            rules.close(head, self.now)
            self.held.event(head, "closed", by=new.author, now=self.now)

    def _attachments(self, new: NewPart) -> tuple[dict[str, Any], ...]:
        files = [self.files.pop(key, None) for key in new.attachments]
        if any(file is None or not _owns(new, file) for file in files):
            raise AttachmentNotYours
        return tuple(serializers.attachment(file) for file in files if file is not None)

    def _bind(self) -> None:
        """What hangs on parts: files, mentions, and the draft that a message was."""
        mentions, followers, drafts = [], [], []
        for part, new in self._bound:
            if new.attachments:
                Attachment.objects.filter(pk__in=new.attachments).update(part=part.id)
            mentions += [_mention(part, kind, key) for kind, key in new.mentions]
            followers += [
                Follower(agent_id=key, conversation_id=new.conversation)
                for kind, key in new.mentions
                if kind == "agent"
            ]
            if new.author.kind == "agent":
                kind = Draft.Kind.REPLY if new.kind == "message" else Draft.Kind.NOTE
                drafts.append((new.conversation, new.author.id, kind))
        Mention.objects.bulk_create(mentions)
        Follower.objects.bulk_create(followers, ignore_conflicts=True)
        for called in {follower.agent_id for follower in followers}:  # who may see it from now on
            transaction.on_commit(partial(realtime.revoke_agent, called))
        _drop_drafts(drafts)


def _allowed(new: NewPart, head: Head) -> bool:
    if new.author.kind == "customer":
        return head.customer_id == new.author.id
    return new.scope is None or new.scope.covers(head.id, head.team_id, head.assignee_id)


def _owns(new: NewPart, file: Attachment) -> bool:
    if file.part_id is not None or file.removed_at is not None:
        return False
    if new.author.kind == "agent":
        return file.agent_id == new.author.id
    return bool(new.token_hash) and file.token_hash == new.token_hash


def _mention(part: PartData, kind: str, key: int) -> Mention:
    return Mention(part_id=part.id, **{f"{kind}_id": key})


def _drop_drafts(drafts: Sequence[tuple[int, int | None, str]]) -> None:
    """What was a draft is a part now."""
    if drafts:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM conversations_draft d"
                " USING unnest(%s::bigint[], %s::bigint[], %s::text[]) AS sent (conversation, agent, kind)"
                " WHERE (d.conversation_id, d.agent_id, d.kind) = (conversation, agent, sent.kind)",
                [list(column) for column in zip(*drafts, strict=True)],
            )


def _posted_before(new: Sequence[NewPart]) -> dict[tuple[int, UUID], _Before]:
    asked = [(part.conversation, part.client_id) for part in new if part.client_id is not None]
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.conversation_id, p.client_id, p.id, p.fingerprint FROM conversations_part p"
            " JOIN unnest(%s::bigint[], %s::uuid[]) AS asked (conversation_id, client_id)"
            " USING (conversation_id, client_id)",
            [[key for key, _ in asked], [client_id for _, client_id in asked]],
        )
        return {(row[0], row[1]): _Before(row[2], row[3]) for row in cursor.fetchall()}


def _called(new: Sequence[NewPart]) -> set[Called]:
    """Of all that are mentioned, those who exist: one who does not would cost the whole batch its transaction."""
    asked = {each for part in new for each in part.mentions}
    if not asked:
        return set()
    agents = Agent.objects.filter(pk__in=[key for kind, key in asked if kind == "agent"])
    teams = Team.objects.filter(pk__in=[key for kind, key in asked if kind == "team"])
    return {("agent", each.pk) for each in agents} | {("team", each.pk) for each in teams}


def _files_of(new: Sequence[NewPart]) -> dict[UUID, Attachment]:
    keys = [key for part in new for key in part.attachments]
    return Attachment.objects.select_for_update().in_bulk(sorted(keys)) if keys else {}


def _with_stored(outcomes: Sequence[Posted | Refusal | _Before]) -> list[Outcome]:
    """Retries answered with what is stored."""
    keys = [outcome.id for outcome in outcomes if isinstance(outcome, _Before)]
    if not keys:
        return list(outcomes)  # type: ignore[arg-type]  # nothing else is left
    stored = {part.id: part for part in serializers.stored_parts(Part.objects.filter(pk__in=keys))}
    return [
        Posted(stored[outcome.id], created=False) if isinstance(outcome, _Before) else outcome for outcome in outcomes
    ]
