"""Which tier a matter needs: 1 the front line, 2 a specialist, 3 an expert.

The same kind of sum as in `triage.mood.priority`: each signal adds log-odds of a higher tier, two cut points separate
the tiers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from triage.mood.lexicon import Traits, kin, look
from triage.mood.phrases import Phrases, joined
from triage.mood.sentiment import Mood
from triage.mood.urgency import Urgency

TIERS = (1, 2, 3)
CUTS = (1.25, 3.0)
SLOPE = 1.8

QUESTION, QUESTIONS = 0.45, 3  # each question after the first; and how many count
SEVERAL = 0.5  # each word that begins another matter, as often
TECHNICAL, TERMS = 0.5, 4  # each technical term; and how many count
ACCOUNTS = 0.6  # each term of contracts and bookkeeping, as often
CODE = 0.9  # a quoted log, trace or piece of code
LENGTH = 0.9  # times the share of LONG that a message exceeds SHORT by
SHORT, LONG = 60, 150  # words
REOPENED, HANDED = 0.8, 0.6  # each earlier reopening, each earlier handover
CONTACT = 0.35  # each earlier conversation about it
ANGER = 0.8  # times the probability of anger
TOPICS = 0.7  # when another topic is nearly as likely as the first
TOPIC = 1.5  # for each tier that the topic usually is above the first
KINDS = {"legal": 1.3, "security": 1.4, "safety": 1.4, "outage": 1.0, "business": 0.5, "repeated": 0.5}

_CODE = re.compile(
    r"```|Traceback|\bat \w+\.\w+\(|\{\s*\"|</?\w+>|\w+(?:Error|Exception)\b|^\s*\d+[.)]\s", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class History:
    """How often the conversation was reopened and handed over, and how many came before it about the matter."""

    reopened: int = 0
    handovers: int = 0
    contacts: int = 0


@dataclass(frozen=True, slots=True)
class Complexity:
    """`probability` that `tier` is right; `reasons` (what, log-odds it added to a higher tier)."""

    tier: int
    probability: float
    reasons: tuple[tuple[str, float], ...]


def tier(
    text: str,
    mood: Mood,
    urgency: Urgency,
    *,
    language: str | None = None,
    history: History | None = None,
    topics: Sequence[tuple[str, float]] = (),
    topic_tier: int | None = None,
    traits: Traits | None = None,
) -> Complexity:
    """The tier of a message. `topics`: likeliest topics with probability; `topic_tier`: that of the first."""
    words = (traits or look(text, "")).words
    found = _spoken(text, words, kin(language)) + _circumstances(mood, urgency, history or History())
    if len(topics) > 1 and topics[1][1] >= 0.5 * topics[0][1] > 0:
        found.append((f"also {topics[1][0]}", TOPICS))
    if topic_tier in TIERS:
        found.append(("topic", TOPIC * (topic_tier - 1)))
    reasons = sorted(((what, round(add, 3)) for what, add in found if abs(add) >= 0.05), key=lambda one: -abs(one[1]))
    return _placed(tuple(reasons))


def _placed(reasons: tuple[tuple[str, float], ...]) -> Complexity:
    score = sum(add for _, add in reasons)
    first, second = (1 / (1 + math.exp(-SLOPE * max(-20.0, min(20.0, cut - score)))) for cut in CUTS)
    chances = (first, second - first, 1 - second)
    best = max(range(3), key=chances.__getitem__)
    return Complexity(TIERS[best], chances[best], reasons)


def _spoken(text: str, words: Sequence[str], code: str) -> list[tuple[str, float]]:
    found = [("length", LENGTH * max(0.0, min(1.0, (len(words) - SHORT) / LONG)))]
    questions = min(QUESTIONS, len(re.findall(r"\?+", text[:4000])) - 1)
    found.append(("questions", QUESTION * max(0, questions)))
    if _CODE.search(text[:4000]):
        found.append(("code or log", CODE))
    left = {"technical": TERMS, "several": QUESTIONS, "accounts": QUESTIONS}
    worth = {"technical": TECHNICAL, "several": SEVERAL, "accounts": ACCOUNTS}
    for phrase, kinds in dict.fromkeys(_phrases(code).within(words)):
        for kind in kinds:
            left[kind] -= 1
            if left[kind] >= 0:
                found.append((phrase, worth[kind]))
    return found


def _circumstances(mood: Mood, urgency: Urgency, history: History) -> list[tuple[str, float]]:
    found = [(f"{kind} matter", KINDS[kind]) for kind in sorted(urgency.kinds & KINDS.keys())]
    found.append(("anger", ANGER * mood.anger))
    found.append(("reopened", REOPENED * min(3, history.reopened)))
    found.append(("handed over", HANDED * min(3, history.handovers)))
    found.append(("contacts before", CONTACT * min(4, history.contacts)))
    return found


@lru_cache(maxsize=8)
def _phrases(code: str) -> Phrases:
    return joined("technical", code)
