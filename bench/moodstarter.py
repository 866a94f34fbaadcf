"""How well the starter's topics and priorities hold on messages that they were not made from."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.moodscores import ece, interval, kappa
from bench.table import table
from triage.learning import Classifier, fit, load
from triage.mood.priority import LEVELS, Signals, weigh
from triage.mood.sentiment import feel
from triage.mood.urgency import urge
from triage.starter import sources
from triage.starter.building import ARTEFACTS
from triage.starter.taxonomy import topics as starter_topics

TESTS = Path(__file__).parent.parent / "tests" / "triage" / "data"
SHOTS = (0, 5, 20, 100)

_GROUPS = {
    "words, mood, topic and learned": {"words", "mood", "topic", "learned"},
    "without the learned part": {"words", "mood", "topic"},
    "without the words": {"mood", "topic", "learned"},
    "learned part only": {"learned"},
}


def priority() -> None:
    """The rubric's held-out part, with and without each group of signals."""
    graded = _read("priority_rubric.csv")
    held = [row for row in graded if row["part"] == "held"]
    truth = np.array([LEVELS.index(row["priority"]) for row in held])
    usual = {topic.key: topic.priority for topic in starter_topics()}
    texts = [row["text"] for row in held]
    about, learned = (load(ARTEFACTS / f"{name}.skops").read_many(texts) for name in ("topics", "priority"))
    rows = []
    for name, parts in _GROUPS.items():
        said, sure = [], []
        for at, row in enumerate(held):
            weighed = weigh(_signals(row, parts, usual.get(about[at].label or ""), dict(learned[at].top)))
            said.append(LEVELS.index(weighed.priority))
            sure.append(weighed.probability)
        guessed = np.array(said)
        score = interval(lambda rows, g=guessed: kappa(truth[rows], g[rows]), len(truth))  # type: ignore[misc]
        error = ece(np.array(sure), guessed == truth)
        rows.append([name, f"{(guessed == truth).mean():.3f}", score, f"{100 * error:.1f}"])
    print(table([f"priority, {len(held)} held-out messages", "accuracy", "QWK", "ECE %"], rows))


def _signals(row: dict[str, str], parts: set[str], usual: str | None, learned: dict[str, float]) -> Signals:
    plain = Signals(plan=row["plan"], waited=float(row["minutes"]))
    return Signals(
        urgency=urge(row["text"], row["language"]) if "words" in parts else plain.urgency,
        mood=feel(row["text"], row["language"]) if "mood" in parts else plain.mood,
        plan=row["plan"],
        waited=float(row["minutes"]),
        topic_priority=usual if "topic" in parts else None,
        learned=learned if "learned" in parts else None,
    )


def topics(data: Path, *, curve: bool) -> None:
    """The shipped topics on messages written for the test, and the learning curve of the taxonomy."""
    fresh = [(row["text"], row["topic"], row["language"]) for row in _read("starter_messages.csv")]
    shipped = load(ARTEFACTS / "topics.skops")
    known = [row for row in fresh if row[1] != "none"]
    rows = [[name, *_score(shipped, chosen)] for name, chosen in _by_language(known).items()]
    strange = [row[0] for row in fresh if row[1] == "none"]
    refused = np.mean([reading.probability < shipped.threshold for reading in shipped.read_many(strange)])
    print(table(["shipped topics", "messages", "accuracy", "top 3", "answered"], rows))
    print(f"of {len(strange)} messages about none of them, {refused:.0%} stay below the threshold")
    if curve:
        print()
        _curve(data, known)


def _by_language(rows: list[tuple[str, str, str]]) -> dict[str, list[tuple[str, str, str]]]:
    named = {"all languages": "", "English": "en", "Indonesian": "id", "Swedish": "sv"}
    return {name: [row for row in rows if row[2].startswith(code)] for name, code in named.items()}


def _score(model: Classifier, rows: list[tuple[str, str, str]]) -> list[str]:
    readings = model.read_many([text for text, _, _ in rows])
    right = np.array([reading.label == topic for reading, (_, topic, _) in zip(readings, rows, strict=True)])
    three = [topic in dict(reading.top) for reading, (_, topic, _) in zip(readings, rows, strict=True)]
    answered = np.array([reading.probability >= model.threshold for reading in readings])
    shares = f"{answered.mean():.0%}, {right[answered].mean() if answered.any() else 0:.0%} right"
    return [str(len(rows)), interval(lambda at: float(right[at].mean()), len(rows)), f"{np.mean(three):.3f}", shares]


def _curve(data: Path, known: list[tuple[str, str, str]]) -> None:
    """From descriptions alone to 100 examples a topic: ours first, then those of public sets."""
    described = {topic.key: topic.described() for topic in starter_topics()}
    pools = _pools(data)
    rows = []
    for shots in SHOTS:
        given = [(text, topic) for topic, texts in pools.items() for text in texts[:shots]]
        model = fit([text for text, _ in given], [topic for _, topic in given], descriptions=described)
        rows.append([f"{shots} examples a topic", f"{len(given):,}", *_score(model, known)[1:3]])
    print(table(["learning curve", "examples", "accuracy", "top 3"], rows))


def _pools(data: Path) -> dict[str, Sequence[str]]:
    """Examples of each topic, languages in turn."""
    pools: dict[str, list[str]] = {}
    for topic in starter_topics():
        queues = [list(topic.examples[code]) for code in ("en", "id", "sv")]
        pools[topic.key] = [queue[at] for at in range(max(map(len, queues))) for queue in queues if at < len(queue)]
    for example in sources.public(data):
        if example.topic in pools:
            pools[example.topic].append(example.text)
    return dict(pools)


def _read(name: str) -> list[dict[str, str]]:
    with (TESTS / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
