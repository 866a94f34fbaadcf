"""A conversation's priority from everything that is known of it, as one transparent sum.

Every signal adds log-odds of a higher priority; three cut points on the sum separate low, normal, high and urgent
(a proportional-odds model: P(at most level k) = sigmoid(slope * (cut_k - score))). The weights are set by hand and
documented; cut points and slope are fitted on `tests/triage/data/priority_rubric.csv`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from triage.mood.sentiment import Mood
from triage.mood.urgency import Urgency

LEVELS = ("low", "normal", "high", "urgent")

ANGER = 1.3  # times the probability of anger
MOST_GRIEVANCE = 2.6  # what anger, threats and repetition may add together: none of them is an emergency
SENTIMENT = {-2: 0.7, -1: 0.5, 0: 0.0, 1: -0.7, 2: -1.1}
WAITING, LONGEST_WAIT = 0.25, 1.5  # for each doubling of the hours waited; and at most
TOPIC = 0.5  # for each level that the topic's usual priority is from normal
LEARNED = 2.0  # for each level that the trained classifier expects from normal
PLANS: Mapping[str, float] = {"enterprise": 0.8, "business": 0.5, "pro": 0.3, "premium": 0.3, "free": -0.3}

CUTS = (-1.0, 1.19, 3.19)
SLOPE = 1.09


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known. `waited` in minutes; `topic_priority` one of LEVELS; `learned` label -> probability of LEVELS.

    `plans` ranks the desk's plans (name in small letters -> log-odds); plans it does not name add nothing.
    """

    urgency: Urgency = field(default_factory=lambda: Urgency(0.0))
    mood: Mood = field(default_factory=lambda: Mood(0, 1.0, 0.0))
    plan: str = ""
    waited: float = 0.0
    topic_priority: str | None = None
    learned: Mapping[str, float] | None = None
    plans: Mapping[str, float] = field(default_factory=lambda: PLANS)


@dataclass(frozen=True, slots=True)
class Weighed:
    """`probability` that `priority` is right; `levels` of each of LEVELS; `reasons` (what, log-odds it added)."""

    priority: str
    probability: float
    reasons: tuple[tuple[str, float], ...]
    score: float
    levels: tuple[float, ...]


def weigh(signals: Signals) -> Weighed:
    """The priority: the level from which the true one is least far away, in squared levels."""
    reasons = [(what, round(weight, 3)) for what, weight in _contributions(signals) if abs(weight) >= 0.005]
    score = sum(weight for _, weight in reasons)
    levels = spread(score)
    expected = sum(at * chance for at, chance in enumerate(levels))
    best = min(range(len(LEVELS)), key=lambda at: (abs(at - expected), -levels[at]))
    ordered = tuple(sorted(reasons, key=lambda reason: -abs(reason[1])))
    return Weighed(LEVELS[best], levels[best], ordered, score, levels)


def weigh_many(signals: Sequence[Signals]) -> list[Weighed]:
    return [weigh(one) for one in signals]


def spread(score: float, cuts: Sequence[float] = CUTS, slope: float = SLOPE) -> tuple[float, ...]:
    """Probability of each level at that sum."""
    below = [_sigmoid(slope * (cut - score)) for cut in cuts]
    return tuple(high - low for low, high in zip([0.0, *below], [*below, 1.0], strict=True))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, value))))


def _contributions(signals: Signals) -> list[tuple[str, float]]:
    mood = signals.mood
    found = list(signals.urgency.reasons)
    found.append(("anger", ANGER * mood.anger))
    found.append(("sentiment", SENTIMENT.get(mood.sentiment, 0.0) * mood.probability))
    grievance = sum(weight for _, weight in found[-2:]) + signals.urgency.grievance
    found.append(("grievances together", min(0.0, MOST_GRIEVANCE - grievance)))
    plan = signals.plan.strip().lower()
    found.append((f"plan {plan}", signals.plans.get(plan, 0.0)))
    hours = max(0.0, signals.waited) / 60
    found.append(("waiting", min(LONGEST_WAIT, WAITING * math.log2(1 + hours))))
    if signals.topic_priority in LEVELS:
        found.append(("topic", TOPIC * (LEVELS.index(signals.topic_priority) - 1)))
    found.append(("learned", LEARNED * _leaning(signals.learned)))
    return found


def _leaning(learned: Mapping[str, float] | None) -> float:
    """Levels above normal that the trained classifier expects; 0 without one."""
    known = {label: chance for label, chance in (learned or {}).items() if label in LEVELS and chance > 0}
    total = sum(known.values())
    return sum((LEVELS.index(label) - 1) * chance for label, chance in known.items()) / total if total else 0.0
