"""Learn a desk's topics (or any labels) from examples, and read new messages with calibrated probabilities.

Pure: texts and numbers in, texts and numbers out. scikit-learn learns, skops stores; nothing here knows a database.
"""

from triage.learning.classifier import Classifier
from triage.learning.evaluating import checked, cross_validate, evaluate
from triage.learning.fitting import fit
from triage.learning.kinds import (
    Cancelled,
    ForeignLabel,
    ModelUnusable,
    NotEnoughData,
    PipelineUnavailable,
    Reading,
    Reason,
)
from triage.learning.storing import load, save

__all__ = [
    "Cancelled",
    "Classifier",
    "ForeignLabel",
    "ModelUnusable",
    "NotEnoughData",
    "PipelineUnavailable",
    "Reading",
    "Reason",
    "checked",
    "cross_validate",
    "evaluate",
    "fit",
    "load",
    "save",
]
