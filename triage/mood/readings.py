"""Language, mood, urgency and complexity of messages in one pass over each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.mood.complexity import Complexity, History, tier
from triage.mood.languages import COMMON, detect
from triage.mood.lexicon import LONGEST, kin, look
from triage.mood.sentiment import REASONS, Mood, judge
from triage.mood.urgency import Urgency, weigh_words
from triage.mood.weights import shipped


@dataclass(frozen=True, slots=True)
class Impression:
    """What a message says apart from its topic. `language` is None where it is not clear."""

    language: str | None
    language_probability: float
    mood: Mood
    urgency: Urgency
    complexity: Complexity


def read(
    text: str, *, served: Sequence[str] = COMMON, history: History | None = None, reasons: int = REASONS
) -> Impression:
    """The impression of `text`, of any length. Raises MoodUnusable when the shipped model cannot be read."""
    language, probability = detect(text, served)
    code = kin(language)
    traits = look(text, code)
    mood = judge(traits, code, shipped(), reasons)
    urgency = weigh_words(traits.words, language, asks="?" in text[:LONGEST])
    complexity = tier(text, mood, urgency, language=language, history=history, traits=traits)
    return Impression(language, probability, mood, urgency, complexity)


def read_many(texts: Sequence[str], *, served: Sequence[str] = COMMON, reasons: int = REASONS) -> list[Impression]:
    return [read(text, served=served, reasons=reasons) for text in texts]
