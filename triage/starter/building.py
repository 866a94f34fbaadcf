"""Make the starter models anew from the taxonomy and the public sets; the same inputs make the same models."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from triage.learning import Classifier, fit, save
from triage.mood.priority import LEVELS
from triage.mood.teaching import teach
from triage.mood.weights import save as save_weights
from triage.starter import feelings, sources
from triage.starter.steady import settle
from triage.starter.taxonomy import HERE, topics

ARTEFACTS = HERE / "artefacts"
PUBLIC = 100  # examples of public sets a topic gets at most, so that what only we have written is not drowned
NONE = 900  # examples of "none of these"
LEVEL = 700  # examples of public sets a priority gets at most
OWN = 3  # times that our examples count where public sets are many
LICENCES = {
    "bitext_cs": "Bitext customer support intents, CDLA-Sharing 1.0 (results unrestricted)",
    "banking77": "BANKING77, CC BY 4.0",
    "multidogo": "MultiDoGO, CDLA-Permissive 1.0",
    "clinc150": "CLINC150, CC BY 3.0",
    "goemotions": "GoEmotions, CC BY 4.0",
    "cfpb": "CFPB consumer complaints, public domain (US Government)",
    "indonesian": "IndoNLU SmSA and EmoT, CC BY-SA 4.0",
}

Progress = Callable[[float, str], None]
Rows = list[tuple[str, str | None]]


def build(data: Path, out: Path = ARTEFACTS, *, today: date, progress: Progress | None = None) -> dict[str, str]:
    """Write mood.skops, topics.skops and priority.skops with their cards to `out`; sha256 of each by name.

    Raises SourceMissing when a public set is not under `data`.
    """
    tell = progress or (lambda share, what: None)
    card: dict[str, Any] = {"created_at": today.isoformat(), "licences": LICENCES, "taxonomy": taxonomy_digest()}
    lessons = [*feelings.public(data), *feelings.own(HERE / "moods.toml")]
    weights = teach(lessons, _part(tell, 0.0, 0.3, "mood"))
    save_weights(weights, out / "mood.skops", card=card | {"lessons": len(lessons)})
    examples = list(sources.public(data))
    rows = topic_rows(examples)
    topic_model = topic_fit(rows, _part(tell, 0.3, 0.7, "topics"))
    save(topic_model, out / "topics.skops", card=card | {"examples": len(rows)})
    graded = priority_rows(examples)
    priority_model = priority_fit(graded, _part(tell, 0.7, 1.0, "priority"))
    save(priority_model, out / "priority.skops", card=card | {"examples": len(graded)})
    return {name: settle(out / f"{name}.skops") for name in ("mood", "topics", "priority")}


def topic_fit(rows: Rows, progress: Progress | None = None) -> Classifier:
    described = {topic.key: topic.described() for topic in topics()}
    return fit([text for text, _ in rows], [label for _, label in rows], descriptions=described, progress=progress)


def priority_fit(rows: Rows, progress: Progress | None = None) -> Classifier:
    return fit([text for text, _ in rows], [label for _, label in rows], order=LEVELS, progress=progress)


def topic_rows(examples: Iterable[sources.Example]) -> Rows:
    """(text, topic) of ours and of public sets; topic None for none of these."""
    rows: Rows = [(text, topic) for text, topic, _, _ in sources.own()]
    for topic in sorted({example.topic for example in examples if example.topic}):
        found = [example.text for example in examples if example.topic == topic]
        kept = _spaced(found, NONE if topic == "none" else PUBLIC)
        rows += [(text, None if topic == "none" else topic) for text in kept]
    return rows


def priority_rows(examples: Iterable[sources.Example]) -> Rows:
    """(text, priority): what public sets' intents are worth, our examples by their topic, and half of the rubric."""
    ours: Rows = [(text, priority) for text, _, priority, _ in sources.own()]
    rows = (ours + rubric()) * OWN
    for level in LEVELS:
        rows += [(text, level) for text in _spaced([one.text for one in examples if one.priority == level], LEVEL)]
    return rows


def rubric() -> Rows:
    """The messages that we graded one by one (the part that is not held out for tests)."""
    with (HERE / "graded.csv").open(encoding="utf-8", newline="") as lines:
        return [(row["text"], row["priority"]) for row in csv.DictReader(lines)]


def taxonomy_digest() -> str:
    """sha256 of what the models are made of here: taxonomy, mapping, moods and graded messages."""
    names = ("taxonomy.toml", "mapping.toml", "moods.toml", "graded.csv")
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in names)).hexdigest()


def _spaced(found: list[str], most: int) -> list[str]:
    """At most that many, evenly from all of them."""
    return found if len(found) <= most else [found[at * len(found) // most] for at in range(most)]


def _part(tell: Progress, start: float, end: float, name: str) -> Progress:
    return lambda share, what: tell(start + (end - start) * share, f"{name}: {what}")
