"""How far triage can be trusted, counted from what people did with its verdicts."""

from triage.trust.judged import KINDS, Judged, judged, of_kind
from triage.trust.labelling import Suggestion, worth_labelling
from triage.trust.numbers import Count, Week, by_topic, calibrated, confusion, in_bin, week_of, weeks
from triage.trust.statistics import DRIFT_LIMIT, DRIFT_ROWS, Calibration, Drift, Gain, drift, gain, wilson

__all__ = [
    "DRIFT_LIMIT",
    "DRIFT_ROWS",
    "KINDS",
    "Calibration",
    "Count",
    "Drift",
    "Gain",
    "Judged",
    "Suggestion",
    "Week",
    "by_topic",
    "calibrated",
    "confusion",
    "drift",
    "gain",
    "in_bin",
    "judged",
    "of_kind",
    "week_of",
    "weeks",
    "wilson",
    "worth_labelling",
]
