"""Learning from what people decide: training data, runs, versions, and which of them decides."""

from triage.actions.learning.asking import AlreadyTraining, ask_nightly, ask_training, cancel, revive
from triage.actions.learning.child import train_apart
from triage.actions.learning.running import beat, run_training
from triage.actions.learning.versions import CannotPromote, promote, retire, shadow

__all__ = [
    "AlreadyTraining",
    "CannotPromote",
    "ask_nightly",
    "ask_training",
    "beat",
    "cancel",
    "promote",
    "retire",
    "revive",
    "run_training",
    "shadow",
    "train_apart",
]
