"""The nouns of a conversation. Rows change only through `conversations.actions`."""

from conversations.models.conversation import (
    Conversation,
    Follower,
    Priority,
    ReadMark,
    State,
    Status,
    Tag,
    Topic,
)
from conversations.models.draft import Draft
from conversations.models.outbox import OutboxRow
from conversations.models.part import Attachment, AuthorKind, Kind, Mention, Part
from conversations.models.search import SearchDocument, SearchWord
from conversations.models.touchpoint import IdentityKey, MessengerSession, Touchpoint

__all__ = [
    "Attachment",
    "AuthorKind",
    "Conversation",
    "Draft",
    "Follower",
    "IdentityKey",
    "Kind",
    "Mention",
    "MessengerSession",
    "OutboxRow",
    "Part",
    "Priority",
    "ReadMark",
    "SearchDocument",
    "SearchWord",
    "State",
    "Status",
    "Tag",
    "Topic",
    "Touchpoint",
]
