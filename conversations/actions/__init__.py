"""The verbs. Every change of a conversation goes through one of these, by every touchpoint alike."""

from conversations.actions.assigning import assign, claim
from conversations.actions.describing import set_attributes
from conversations.actions.drafting import save_draft
from conversations.actions.erasing import erase_customer
from conversations.actions.files import sweep_unbound
from conversations.actions.following import follow, unfollow
from conversations.actions.identifying import identify
from conversations.actions.labelling import set_priority, set_topic, tag, untag
from conversations.actions.merging import CannotMerge, destination, merge, unmerge
from conversations.actions.posting import Outcome, Posted, post, post_one
from conversations.actions.reading import mark_read, mark_read_by_customer
from conversations.actions.redacting import CannotRedact, redact
from conversations.actions.routing import NoHigherTeam, escalate, route
from conversations.actions.settling import Settling, decided_by_hand, settle
from conversations.actions.splitting import CannotSplit, split
from conversations.actions.starting import NewConversation, start
from conversations.actions.states import close, reopen, set_status, snooze, wake_due
from conversations.actions.sweeping import sweep
from conversations.actions.visiting import Beginning, begin, end_session, note_page

__all__ = [
    "Beginning",
    "CannotMerge",
    "CannotRedact",
    "CannotSplit",
    "NewConversation",
    "NoHigherTeam",
    "Outcome",
    "Posted",
    "Settling",
    "assign",
    "begin",
    "claim",
    "close",
    "decided_by_hand",
    "destination",
    "end_session",
    "erase_customer",
    "escalate",
    "follow",
    "identify",
    "mark_read",
    "mark_read_by_customer",
    "merge",
    "note_page",
    "post",
    "post_one",
    "redact",
    "reopen",
    "route",
    "save_draft",
    "set_attributes",
    "set_priority",
    "set_status",
    "set_topic",
    "settle",
    "snooze",
    "split",
    "start",
    "sweep",
    "sweep_unbound",
    "tag",
    "unfollow",
    "unmerge",
    "untag",
    "wake_due",
]
