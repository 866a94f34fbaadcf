"""Everything a conversation says apart from its topic: language, mood, priority and difficulty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.mood.complexity import Complexity, History, tier
from triage.mood.languages import detect
from triage.mood.lexicon import kin, look
from triage.mood.priority import PLANS, Signals, Weighed, weigh
from triage.mood.sentiment import Mood, judge
from triage.mood.urgency import weigh_words
from triage.mood.weights import shipped


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known when a conversation is judged.

    opening, latest   what it is about, and what was written last: see `triage.texts.Wording`
    served            languages the desk serves
    hint              the language the customer's browser asked for, "" if it did not say
    waited            minutes since the customer's word has been the last
    plan, plans       the customer's plan, and what each plan adds to the urgency in log-odds
    topics            likely topics with their probabilities, best first; `usual_priority` and `usual_tier` of the first
    learned           priority → probability, from what people set before
    """

    opening: str
    latest: str
    served: tuple[str, ...]
    hint: str = ""
    waited: float = 0.0
    plan: str = ""
    plans: Mapping[str, float] | None = None
    topics: tuple[tuple[str, float], ...] = ()
    usual_priority: str | None = None
    usual_tier: int | None = None
    reopened: int = 0
    moved: int = 0
    contacts: int = 0
    learned: Mapping[str, float] | None = None

    @property
    def text(self) -> str:
        return self.opening if self.latest == self.opening else f"{self.opening}\n{self.latest}"


@dataclass(frozen=True, slots=True)
class Judged:
    """The judgement; `language` is None where it is not clear."""

    language: str | None
    language_probability: float
    mood: Mood
    priority: Weighed
    complexity: Complexity


def judge_all(matters: Sequence[Matter]) -> list[Judged]:
    """Judge each. Raises MoodUnusable when the shipped model of moods cannot be read."""
    return [_judged(matter) for matter in matters]


def _judged(matter: Matter) -> Judged:
    text = matter.text
    language, probability = _language(text, matter)
    code = kin(language)
    mood = judge(look(matter.latest, code), code, shipped())
    traits = look(text, code)
    urgency = weigh_words(traits.words, language, asks="?" in text)
    complexity = tier(
        text,
        mood,
        urgency,
        language=language,
        history=History(matter.reopened, matter.moved, matter.contacts),
        topics=matter.topics,
        topic_tier=matter.usual_tier,
        traits=traits,
    )
    signals = Signals(
        urgency=urgency,
        mood=mood,
        plan=matter.plan,
        waited=matter.waited,
        topic_priority=matter.usual_priority,
        learned=matter.learned,
        plans=PLANS if matter.plans is None else matter.plans,
    )
    return Judged(language, probability, mood, weigh(signals), complexity)


def _language(text: str, matter: Matter) -> tuple[str | None, float]:
    """What was written counts; where it is too short to tell, what the browser asked for."""
    language, probability = detect(text, matter.served)
    hint = matter.hint.partition("-")[0].lower()
    return (hint, probability) if language is None and hint in matter.served else (language, probability)
