"""How somebody feels who writes: five levels of sentiment, and anger as a signal of its own.

Linear models over words, word pairs and the traits of `triage.mood.lexicon`, one set of weights a language. Three
questions are answered (negative, neutral or positive; angry or not; strongly or mildly), each with a probability, and
the five levels follow: P(very negative) = P(negative) * P(strong).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from triage.mood.lexicon import AT, Traits, kin, look
from triage.mood.weights import Found, Head, Weights, shipped

LEVELS = (-2, -1, 0, 1, 2)
REASONS = 5
Reason = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Mood:
    """`sentiment` -2 (very negative) to 2 (very positive); `probability` that it is right; `anger` 0..1.

    `reasons`: words and what each added, in log-odds, for the sentiment (against it when below 0). `levels` has the
    probability of each of LEVELS.
    """

    sentiment: int
    probability: float
    anger: float
    reasons: tuple[Reason, ...] = ()
    levels: tuple[float, ...] = (0.0, 0.0, 1.0, 0.0, 0.0)


def feel(text: str, language: str | None = None, *, weights: Weights | None = None, reasons: int = REASONS) -> Mood:
    """The mood of `text`; of any length, and of whatever characters.

    Languages without weights of their own are judged by signs and emoji alone, and rarely leave neutral.
    """
    code = kin(language)
    traits = look(text, code)
    return judge(traits, code, weights or shipped(), reasons)


def feel_many(texts: Sequence[str], languages: Sequence[str | None], *, reasons: int = REASONS) -> list[Mood]:
    return [feel(text, language, reasons=reasons) for text, language in zip(texts, languages, strict=True)]


def judge(traits: Traits, code: str, weights: Weights, reasons: int = REASONS) -> Mood:
    """The mood by traits that were looked up already."""
    head = weights.head(code)
    found = head.find(traits.words)
    scores = head.bias + np.asarray(traits.vector) @ head.traits
    if found.rows:
        scores = scores + found.values @ head.words[found.rows]
    negative, neutral, positive, anger, strong = _probabilities(scores.tolist(), head.heat)
    levels = (negative * strong, negative * (1 - strong), neutral, positive * (1 - strong), positive * strong)
    best = max(range(5), key=levels.__getitem__)
    why = _reasons(traits, found, head, best - 2)[:reasons] if reasons else ()
    return Mood(best - 2, levels[best], anger, why, levels)


def _probabilities(scores: Sequence[float], heat: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    slope, _ = heat[0]
    polar = [slope * score for score in scores[:3]]
    highest = max(polar)
    grown = [math.exp(score - highest) for score in polar]
    total = sum(grown)
    sides = [_sigmoid(a * score + b) for score, (a, b) in zip(scores[3:], heat[1:], strict=True)]
    return (*(value / total for value in grown), *sides)


def _sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def _reasons(traits: Traits, found: Found, head: Head, sentiment: int) -> tuple[Reason, ...]:
    """What each word added to the answer's side against the mean of the other two."""
    against = np.full(3, -0.5)
    against[0 if sentiment < 0 else 1 if sentiment == 0 else 2] = 1.0
    pulls: dict[str, float] = {}
    if found.rows:
        for name, pull in zip(
            found.names, (found.values * (head.words[found.rows][:, :3] @ against)).tolist(), strict=True
        ):
            pulls[name] = pulls.get(name, 0.0) + pull
    worth = (head.traits[:, :3] @ against).tolist()
    shares = Counter(name for _, name in traits.hits)
    for word, name in traits.hits:
        at = AT[name]
        pulls[word] = pulls.get(word, 0.0) + worth[at] * traits.vector[at] / shares[name]
    ordered = sorted(pulls.items(), key=lambda item: -abs(item[1]))
    return tuple((word, round(pull, 3)) for word, pull in ordered if abs(pull) >= 0.05)
