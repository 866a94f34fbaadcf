"""The verbs. Every change of a conversation goes through one of these, by every touchpoint alike."""

from conversations.actions.posting import Outcome, Posted, post, post_one
from conversations.actions.starting import NewConversation, start

__all__ = ["NewConversation", "Outcome", "Posted", "post", "post_one", "start"]
