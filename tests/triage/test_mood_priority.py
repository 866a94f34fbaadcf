from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

from triage.learning import load
from triage.mood.priority import CUTS, LEVELS, MOST_GRIEVANCE, Signals, spread, weigh, weigh_many
from triage.mood.sentiment import Mood, feel
from triage.mood.urgency import WEIGHTS, urge
from triage.starter.building import ARTEFACTS
from triage.starter.taxonomy import topics

RUBRIC = Path(__file__).parent / "data" / "priority_rubric.csv"
CALM = Mood(0, 1.0, 0.0)
FURIOUS = Mood(-2, 1.0, 1.0)


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("somebody hacked my account", "en", "security"),
        ("The whole site is down", "en", "outage"),
        ("I need it asap", "en", "haste"),
        ("can't log in", "en", "access"),
        ("akun saya dibobol", "id", "security"),
        ("gak bisa login nih", "id", "access"),
        ("kommer inte in på kontot", "sv", "access"),
        ("Det är bråttom, kontot är hackat", "sv", "security"),
        ("server error ASAP", "sv", "haste"),
        ("no rush", "en", "calm"),
    ],
)
def test_phrases_press(text: str, language: str, kind: str) -> None:
    found = urge(text, language)
    assert kind in found.kinds
    assert found.score * WEIGHTS[kind] > 0


def test_thanks_below_an_emergency_change_nothing() -> None:
    emergency = "there is smoke coming from the charger"
    assert urge(f"{emergency}, thank you", "en").score == pytest.approx(urge(emergency, "en").score)
    assert urge("thank you", "en").score < 0


def test_only_asking_presses_less_than_telling() -> None:
    assert urge("Which colours exist?", "en").score < 0
    assert dict(urge("Which colours exist?", "en").reasons) == {"only asks": WEIGHTS["asks"]}
    assert urge("can someone stop this fraud?", "en").score > 0


def test_the_sum_is_the_reasons() -> None:
    weighed = weigh(
        Signals(urge("My account was hacked, lawyer!", "en"), FURIOUS, "enterprise", 300, "high", {"urgent": 0.8})
    )
    assert weighed.score == pytest.approx(sum(weight for _, weight in weighed.reasons))
    assert {"plan enterprise", "waiting", "topic", "learned", "anger"} <= {what for what, _ in weighed.reasons}
    assert weighed.priority == "urgent"
    assert weighed.probability == weighed.levels[3]


@pytest.mark.parametrize(
    "better",
    [
        Signals(mood=FURIOUS),
        Signals(mood=CALM, plan="Enterprise"),
        Signals(mood=CALM, waited=600),
        Signals(mood=CALM, topic_priority="urgent"),
        Signals(mood=CALM, learned={"high": 0.9, "low": 0.1}),
        Signals(urge("outage", "en"), CALM),
        Signals(mood=CALM, plan="gold", plans={"gold": 1.0}),
    ],
)
def test_each_signal_raises(better: Signals) -> None:
    assert weigh(better).score > weigh(Signals(mood=CALM)).score


def test_anger_and_threats_alone_are_no_emergency() -> None:
    text = "Worst service, third time I write, nobody answers, my lawyer will sue you, never again, cancel everything"
    weighed = weigh(Signals(urge(text, "en"), FURIOUS))
    assert weighed.score <= MOST_GRIEVANCE + WEIGHTS["haste"] + WEIGHTS["deadline"]
    assert weighed.priority == "high"


def test_levels_are_a_distribution_in_order() -> None:
    assert list(CUTS) == sorted(CUTS)
    for score in (-1000.0, -3.0, 0.0, 2.2, 1000.0):
        levels = spread(score)
        assert sum(levels) == pytest.approx(1)
        assert min(levels) >= 0
    assert spread(-50)[0] == pytest.approx(1)
    assert spread(50)[3] == pytest.approx(1)


@pytest.mark.parametrize("learned", [{}, {"strange": 1.0}, {"low": 0.0}, None])
def test_a_classifier_without_an_opinion_adds_nothing(learned: dict[str, float] | None) -> None:
    assert weigh(Signals(mood=CALM, learned=learned)) == weigh(Signals(mood=CALM))


def test_odd_circumstances_are_weighed() -> None:
    odd = Signals(urge("\0" * 10_000_000, "xx"), Mood(7, 0.0, 0.0), "\0", -5.0, "whatever", {"urgent": float("1e-300")})
    assert weigh_many([odd])[0].priority in LEVELS


def test_the_rubrics_held_out_part_is_graded_as_we_grade() -> None:
    with RUBRIC.open(encoding="utf-8", newline="") as lines:
        held = [row for row in csv.DictReader(lines) if row["part"] == "held"]
    usual = {topic.key: topic.priority for topic in topics()}
    texts = [row["text"] for row in held]
    about = load(ARTEFACTS / "topics.skops").read_many(texts)
    learned = load(ARTEFACTS / "priority.skops").read_many(texts)
    said = [
        weigh(
            Signals(
                urge(row["text"], row["language"]),
                feel(row["text"], row["language"]),
                row["plan"],
                float(row["minutes"]),
                usual.get(topic.label or ""),
                dict(graded.top),
            )
        ).priority
        for row, topic, graded in zip(held, about, learned, strict=True)
    ]
    truth = [row["priority"] for row in held]
    assert len(held) >= 80
    agreed = cohen_kappa_score(
        [LEVELS.index(level) for level in truth], [LEVELS.index(level) for level in said], weights="quadratic"
    )
    assert agreed >= 0.75
