"""Codes and facts in words: none is left without a sentence, and none breaks one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation

from conversations.views.inbox.words import words as inbox_words
from triage import policy
from triage.mood import complexity, urgency
from triage.views import words
from triage.views.pulls import pull

_CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
FACTS: dict[str, Any] = {
    "team": "Billing",
    "plan": "pro",
    "language": "sv",
    "tier": 2,
    "wanted": 3,
    "open": 3,
    "given": 2,
    "capacity": 8,
    "limit": 4,
    "idle_seconds": 61,
    "waited_seconds": 7_200,
    "patience_seconds": 600,
    "limit_seconds": 90_000 * 2,
    "from": "Front",
    "priority": 4,
    "name": "Bo",
    "sentiment": -2,
    "anger": 0.9,
}


def documented() -> set[str]:
    """Every code that the policy says it gives; its facts are named there too, and are no codes."""
    text = policy.__doc__ or ""
    facts = set(re.findall(r'"([a-z_]+)"', text))
    single = {"speaks", "queue", "away", "offline", "busier"}
    return (set(_CODE.findall(text)) | single) - facts


@pytest.mark.parametrize("language", ["en", "id", "sv"])
def test_every_code_of_the_policy_is_a_sentence(language: str) -> None:
    codes = documented()
    assert len(codes) > 25
    with translation.override(language):
        for code in codes:
            agent, team = (
                {"code": code, **FACTS},
                {"code": code, **{k: v for k, v in FACTS.items() if k != "capacity"}},
            )
            said = [*words.sentences([agent]), *(each.why for each in words.others([agent, team]))]
            best = min(said, key=lambda text: text.startswith(code.replace("_", " ") + ": "))
            assert not best.startswith(code.replace("_", " ") + ": "), f"{code} has no words"
            assert "{" not in best
            assert "…" not in best, f"{code}: {best}"


@pytest.mark.parametrize("code", ["topic_team", "higher_tier", "plan_team", "language_team", "abstained", "no_team"])
def test_the_timeline_says_why_a_team(code: str) -> None:
    assert f"event.routed.{code}" in inbox_words()


@pytest.mark.parametrize("code", ["only_one", "fewest_open", "fewest_given", "longest_idle"])
def test_the_timeline_says_why_an_agent(code: str) -> None:
    assert f"event.assigned.{code}" in inbox_words()


def test_missing_facts_leave_a_gap() -> None:
    assert words.sentences([{"code": "topic_team"}]) == ["… answers this topic."]
    assert words.sentences([{"code": "queue", "priority": "soon", "waited_seconds": None}])[0].startswith("It was next")


SECONDS = {0: "0 seconds", 1: "1 second", 59: "59 seconds", 60: "1 minute", 3_599: "59 minutes", 3_600: "1 hour"}


@pytest.mark.parametrize(("seconds", "said"), [*SECONDS.items(), (172_799, "47 hours"), (172_800, "2 days")])
def test_durations(seconds: int, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "1 %"), (0.004, "1 %"), (0.863, "86 %"), (0.9999, "99 %"), (1.0, "99 %")]
)
def test_nothing_is_quite_certain(share: float, said: str) -> None:
    assert words.percent(share) == said


@pytest.mark.parametrize("kind", sorted(complexity.KINDS))
def test_kinds_of_matters_are_not_quoted(kind: str) -> None:
    assert kind in urgency.WEIGHTS
    told = pull([{"text": f"{kind} matter", "weight": 1.0}])
    assert [each.is_quote for each in told.up] == [False]


def test_what_pulls_up_and_down() -> None:
    reasons = {"asap": 0.9, "anger": 0.05, "plan pro": 0.3, "also Delivery": 0.7, "thanks": -1.6, "waiting": 0.2}
    told = pull([{"text": text, "weight": weight} for text, weight in reasons.items()])
    assert [each.text for each in told.up] == [
        "asap",
        "the plan pro",
        "it may also be about Delivery",
        "how long they wait",
    ]
    assert told.down == [("thanks", True)]
    assert told.up[0].is_quote
    assert pull("junk") == pull([None, {"text": 1}]) == ([], [])
