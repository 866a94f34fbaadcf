"""The verbs of triage."""

from triage.actions.correcting import NothingToConfirm, confirm, hear, hear_now, last_corrections

__all__ = ["NothingToConfirm", "confirm", "hear", "hear_now", "last_corrections"]
