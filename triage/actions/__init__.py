"""The verbs of triage."""

from triage.actions.correcting import NothingToConfirm, VerdictChanged, confirm, hear, hear_now, last_corrections
from triage.actions.deciding import decide_waiting, warm_up
from triage.actions.importing import (
    choose,
    look_at,
    place_of,
    receive,
    revive_imports,
    run_import,
    start_over,
    values_of,
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
from triage.actions.rehearsing import Rehearsal, TooLittleHistory, rehearse
from triage.actions.routing import drain, escalate_overdue, frees_capacity
from triage.actions.starting import Started, install_starter
from triage.actions.sweeping import sweep

__all__ = [
    "AlreadyTraining",
    "CannotPromote",
    "NothingToConfirm",
    "Rehearsal",
    "Started",
    "TooLittleHistory",
    "VerdictChanged",
    "ask_nightly",
    "ask_training",
    "beat",
    "cancel",
    "choose",
    "confirm",
    "decide_waiting",
    "drain",
    "escalate_overdue",
    "frees_capacity",
    "hear",
    "hear_now",
    "install_starter",
    "last_corrections",
    "look_at",
    "place_of",
    "promote",
    "receive",
    "rehearse",
    "retire",
    "revive",
    "revive_imports",
    "run_import",
    "run_training",
    "shadow",
    "start_over",
    "sweep",
    "train_apart",
    "values_of",
    "warm_up",
]
