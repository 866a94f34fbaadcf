"""Who wants to hear of a conversation without answering it."""

from __future__ import annotations

from django.db import transaction

from conversations import ledger, realtime
from conversations.actions.holding import visible_head
from conversations.models import Conversation, Follower
from people.models import Agent


def follow(conversation: Conversation, *, by: Agent) -> None:
    """Hear of everything in a conversation, and keep seeing it wherever it goes.

    Raises:
        NotFound: following gives sight, so nobody can begin with what they do not see.
    """
    with ledger.hold([conversation.pk]) as book:
        visible_head(book, conversation.pk, by)
        _, made = Follower.objects.get_or_create(conversation=conversation, agent=by)
        _tell(conversation, by, changed=made)


def unfollow(conversation: Conversation, *, by: Agent) -> None:
    """Not any more."""
    with transaction.atomic():
        gone, _ = Follower.objects.filter(conversation=conversation, agent=by).delete()
        _tell(conversation, by, changed=bool(gone))


def _tell(conversation: Conversation, by: Agent, *, changed: bool) -> None:
    """What they may see has changed, for their open sockets too."""
    if changed:
        transaction.on_commit(lambda: realtime.revoke_agent(by.pk))
        transaction.on_commit(lambda: realtime.publish_changed([conversation.pk]))
