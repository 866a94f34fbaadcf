"""The verbs. Every change of a conversation goes through one of these, by every touchpoint alike."""

from conversations.actions.posting import Outcome, Posted, post, post_one
from conversations.actions.starting import NewConversation, start
from conversations.actions.visiting import Beginning, begin, end_session, identify, note_page

__all__ = [
    "Beginning",
    "NewConversation",
    "Outcome",
    "Posted",
    "begin",
    "end_session",
    "identify",
    "note_page",
    "post",
    "post_one",
    "start",
]
