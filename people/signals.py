"""What those above may hear of. Sent only from actions, after the commit."""

from __future__ import annotations

from django.dispatch import Signal

# What an agent may see has changed, or they left: `agent` (primary key).
authz_changed = Signal()

# How much an agent can take may have changed: there or not, teams, languages, limit: `agent` (primary key).
room_changed = Signal()
