"""What a reading is, and what can go wrong on the way to one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[float, str], None]  # share done, 0 to 1, and what is being done


class Cancelled(Exception):
    """Raised by a `progress` callback to stop the training that calls it."""


class NotEnoughData(ValueError):
    """Says exactly what is missing: "needs at least 2 topics with an example or a description; has 1"."""


class ForeignLabel(ValueError):
    """An example has a label that is not one of the ordered labels."""


class PipelineUnavailable(ValueError):
    """The pipeline is unknown, or a package or file that it needs is missing or not the one that was checked."""


class ModelUnusable(Exception):
    """A model file that must not be used; `reason` is one clear sentence for whoever runs the desk."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reason:
    """A word or phrase of the message, and what it added (signed, in log-odds) to the label's score."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a classifier says of one text.

    label        the best of the taxonomy; None if the text has nothing that was ever seen
    probability  calibrated, 0 to 1: that `label` is right, already times that the text is about a topic at all
    known        0 to 1: that the text is about one of the topics
    top          up to three (label, probability) pairs, best first
    reasons      the words that weighed most, heaviest first
    drift        0 to 1: share of the text's features that training never saw
    """

    label: str | None
    probability: float
    known: float
    top: tuple[tuple[str, float], ...]
    reasons: tuple[Reason, ...]
    drift: float
