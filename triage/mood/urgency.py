"""What presses in a message: kinds of phrases, each worth a fixed weight in log-odds of a higher priority."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from triage.mood.lexicon import LONGEST, kin, look
from triage.mood.phrases import Phrases, joined

# Set by hand from what a kind means for the customer, see docs/triage.md; cut points are fitted, these are not.
WEIGHTS = {
    "safety": 4.2,  # somebody is or could be hurt
    "security": 3.6,  # money or data is being taken
    "outage": 2.4,  # nobody can work
    "business": 1.4,  # their own business stands still
    "legal": 1.4,  # law, authorities, press
    "money": 1.5,  # their money is in the wrong place
    "access": 1.3,  # they are locked out
    "repeated": 1.2,  # not the first time they ask
    "leaving": 1.3,  # they are about to go
    "hours": 1.5,  # it has to be done within hours
    "deadline": 0.9,  # it has to be done by a date
    "haste": 0.9,  # they say that it presses
    "calm": -1.6,  # they say that it does not
    "asks": -0.9,  # they only ask
}
PRESSING = 0.8  # kinds that weigh as much make thanks and questions beside them unimportant
_OPENERS = frozenset(
    {
        "what",
        "which",
        "who",
        "when",
        "where",
        "how",
        "is",
        "are",
        "do",
        "does",
        "can",
        "could",
        "would",
        "will",
        "may",
        "should",
        "have",
        "has",
        "apa",
        "apakah",
        "berapa",
        "kapan",
        "dimana",
        "bagaimana",
        "gimana",
        "bisakah",
        "siapa",
        "vad",
        "vilken",
        "vilket",
        "vilka",
        "vem",
        "när",
        "var",
        "hur",
        "är",
        "kan",
        "har",
        "ska",
        "finns",
        "får",
        "måste",
        "går",
        "gäller",
    }
)
GRIEVANCES = frozenset({"legal", "leaving", "repeated"})
MORE = 0.35  # share of its weight that each further phrase of a kind adds
MOST = 2  # further phrases that count


@dataclass(frozen=True, slots=True)
class Urgency:
    """`score` in log-odds, `grievance` the part of it that is displeasure rather than distress.

    `reasons`: (phrase, what it added); `kinds` that were met.
    """

    score: float
    reasons: tuple[tuple[str, float], ...] = ()
    kinds: frozenset[str] = frozenset()
    grievance: float = 0.0


def urge(text: str, language: str | None = None) -> Urgency:
    """How pressing `text` is by its words; of any length."""
    return weigh_words(look(text, "").words, language, asks="?" in text[:LONGEST])


def weigh_words(words: Sequence[str], language: str | None, *, asks: bool = False) -> Urgency:
    """The same from a message's words in small letters; `asks` when it has a question mark."""
    times: dict[str, int] = {}
    found: list[tuple[str, str, float]] = []
    for phrase, kinds in dict.fromkeys(_phrases(kin(language)).within(words)):
        for kind in kinds:
            count = times[kind] = times.get(kind, 0) + 1
            if count <= MOST + 1:
                found.append((phrase, kind, WEIGHTS[kind] * (1.0 if count == 1 else MORE)))
    if any(WEIGHTS[kind] > PRESSING for kind in times):
        found = [one for one in found if one[1] != "calm"]
    elif "calm" not in times and words and (asks or words[0] in _OPENERS):
        found.append(("only asks", "asks", WEIGHTS["asks"]))
    grievance = sum(weight for _, kind, weight in found if kind in GRIEVANCES)
    reasons = sorted(((phrase, weight) for phrase, _, weight in found), key=lambda reason: -abs(reason[1]))
    return Urgency(sum(weight for _, weight in reasons), tuple(reasons), frozenset(times), grievance)


@lru_cache(maxsize=8)
def _phrases(code: str) -> Phrases:
    return joined("urgency", code)
