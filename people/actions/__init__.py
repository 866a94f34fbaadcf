"""The verbs about people."""

from people.actions.access import MAX_DAYS, create_token, note_use, revoke_token
from people.actions.agents import (
    change_password,
    create_agent,
    deactivate,
    permissions_changed,
    reactivate,
    set_availability,
    set_limits,
    set_role,
    set_teams,
)
from people.actions.customers import forget_customer, update_customer
from people.actions.identifying import Claims, identify

__all__ = [
    "MAX_DAYS",
    "Claims",
    "change_password",
    "create_agent",
    "create_token",
    "deactivate",
    "forget_customer",
    "identify",
    "note_use",
    "permissions_changed",
    "reactivate",
    "revoke_token",
    "set_availability",
    "set_limits",
    "set_role",
    "set_teams",
    "update_customer",
]
