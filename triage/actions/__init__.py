"""The verbs of triage."""

from triage.actions.correcting import NothingToConfirm, confirm, hear, last_corrections

__all__ = ["NothingToConfirm", "confirm", "hear", "last_corrections"]
