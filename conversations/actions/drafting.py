"""What an agent has begun to write."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from conversations import realtime
from conversations.actions.holding import may_see
from conversations.errors import BadRequest, EditConflict, NotFound
from conversations.models import Conversation, Draft
from conversations.text import clean_body
from people.models import Agent


def save_draft(conversation: Conversation, *, by: Agent, kind: str, body: str, version: int, now: datetime) -> Draft:
    """Keep a draft, begun from the `version` the device had (0: from nothing).

    Raises:
        EditConflict: another device saved in between, or the draft has been sent. The same text again is a retry.
    """
    if kind not in Draft.Kind.values:
        raise BadRequest("unknown_value", f"A draft is one of: {', '.join(Draft.Kind.values)}.", field="kind")
    body = clean_body(body, may_be_empty=True)
    with transaction.atomic():
        if not may_see(by, conversation.pk):
            raise NotFound
        made = {"body": body, "version": 0, "updated_at": now}
        drafts = Draft.objects.select_for_update()
        draft, fresh = drafts.get_or_create(conversation=conversation, agent=by, kind=kind, defaults=made)
        if draft.version != version and (fresh or draft.body != body):
            raise EditConflict
        if fresh or draft.body != body:
            _store(draft, body, now, was="" if fresh else draft.body)
    return draft


def _store(draft: Draft, body: str, now: datetime, *, was: str) -> None:
    draft.body, draft.version, draft.updated_at = body, draft.version + 1, now
    draft.save(update_fields=["body", "version", "updated_at"])
    if bool(was) != bool(body):  # the list only shows whether there is one
        key = draft.conversation_id
        transaction.on_commit(lambda: realtime.publish_changed([key]))
