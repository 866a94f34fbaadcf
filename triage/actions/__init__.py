"""The verbs of triage."""

from triage.actions.correcting import NothingToConfirm, confirm, hear, hear_now, last_corrections
from triage.actions.importing import (
    choose,
    look_at,
    place_of,
    receive,
    revive_imports,
    run_import,
    start_over,
)
from triage.actions.learning import (
    AlreadyTraining,
    CannotPromote,
    ask_nightly,
    ask_training,
    beat,
    cancel,
    promote,
    retire,
    revive,
    run_training,
    shadow,
    train_apart,
)

__all__ = [
    "AlreadyTraining",
    "CannotPromote",
    "NothingToConfirm",
    "ask_nightly",
    "ask_training",
    "beat",
    "cancel",
    "choose",
    "confirm",
    "hear",
    "hear_now",
    "last_corrections",
    "look_at",
    "place_of",
    "promote",
    "receive",
    "retire",
    "revive",
    "revive_imports",
    "run_import",
    "run_training",
    "shadow",
    "start_over",
    "train_apart",
]
