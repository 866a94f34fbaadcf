"""Tries a way of giving out work on arrivals of the past, or on invented ones, before anybody has to live with it."""

from triage.simulating import generating
from triage.simulating.replaying import POLICIES, Outcome, Served, UnknownPolicy, replay
from triage.simulating.scoring import Spread, figures, jain, percentile, spread, summary
from triage.simulating.world import Arrival, Colleague, World

__all__ = [
    "POLICIES",
    "Arrival",
    "Colleague",
    "Outcome",
    "Served",
    "Spread",
    "UnknownPolicy",
    "World",
    "figures",
    "generating",
    "jain",
    "percentile",
    "replay",
    "spread",
    "summary",
]
