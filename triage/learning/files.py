"""From files of labelled messages to a file with a model, if it is better than the one that is there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from triage.learning.classifier import Classifier
from triage.learning.comparing import Compared, compare
from triage.learning.fitting import fit
from triage.learning.kinds import ModelUnusable, NotEnoughData, Progress
from triage.learning.reporting import report, right
from triage.learning.scoring import Answered, figures
from triage.learning.storing import load, save
from triage.learning.tables import read_table
from triage.learning.trials import Labelled, labelled

SHARES = (0.25, 0.5)  # of the examples, for the learning curve
FEWEST = 40  # examples below which a part of them says nothing


@dataclass(frozen=True, slots=True)
class Job:
    """What to learn from which columns, and where to keep it. `none` is the label of texts about no topic."""

    data: tuple[Path, ...]
    text: tuple[str, ...]
    label: str
    none: str | None
    order: tuple[str, ...] | None
    pipeline: str
    seed: int
    out: Path
    force: bool
    made: str  # when, in ISO 8601


@dataclass(frozen=True, slots=True)
class Outcome:
    kept: bool
    why: str
    report: str


def train(job: Job, progress: Progress) -> Outcome:
    """Raises BadTable, NotEnoughData, ForeignLabel, PipelineUnavailable, and OSError if the model cannot be written."""
    examples = labelled([read_table(path) for path in job.data], job.text, job.label)
    curve = _curve(job, examples, progress)
    made = _learnt(job, examples, lambda share, what: progress(0.4 + 0.6 * share, what))
    answered = made.checked
    if answered is None or not len(answered.rows):
        raise NotEnoughData(
            "needs at least 2 examples of a topic to tell how good the model is; no topic has more than 1"
        )
    truth = [examples.labels[at] for at in answered.rows]
    scores = figures(answered, truth, job.order)
    curve[len(examples.texts)] = scores["accuracy"]
    kept, why = _judged(job, examples, answered, truth)
    if kept:
        card = {"created_at": job.made, "scores": scores, "data": _reference(job, examples), "seed": job.seed}
        save(made, job.out, card=card)
        _remember(job.out, examples, answered)
    return Outcome(kept, why, report(answered, truth, job.order, curve))


def _learnt(job: Job, examples: Labelled, progress: Progress) -> Classifier:
    labels = [None if label == job.none else label for label in examples.labels]
    return fit(examples.texts, labels, pipeline=job.pipeline, order=job.order, progress=progress, seed=job.seed)


def _curve(job: Job, examples: Labelled, progress: Progress) -> dict[int, float]:
    """Accuracy, out of fold, with parts of the examples."""
    found: dict[int, float] = {}
    order = np.random.default_rng(job.seed).permutation(len(examples.texts))
    for at, share in enumerate(SHARES):
        count = int(share * len(order))
        if count < FEWEST:
            continue
        chosen = set(order[:count].tolist())
        part = examples.where([row in chosen for row in range(len(order))])
        begin, end = (0.0, 0.13) if at == 0 else (0.13, 0.4)
        made = _learnt(job, part, _within(progress, begin, end, f"with {share:.0%} of the examples: "))
        if made.checked is not None and len(made.checked.rows):
            found[count] = float(right(made.checked, [part.labels[row] for row in made.checked.rows]).mean())
    return found


def _within(progress: Progress, begin: float, end: float, what: str) -> Progress:
    return lambda share, doing: progress(begin + (end - begin) * share, what + doing)


def _judged(job: Job, examples: Labelled, answered: Answered, truth: list[str]) -> tuple[bool, str]:
    if not job.out.exists():
        return True, f"there was no model at {job.out} yet"
    try:
        compared = _compared(job, examples, answered, truth)
    except ModelUnusable as unusable:
        return True, unusable.reason
    if compared.is_better:
        return True, str(compared)
    return (
        (True, f"{compared}; kept because --force says so") if job.force else (False, f"{compared}; that may be luck")
    )


def _compared(job: Job, examples: Labelled, answered: Answered, truth: list[str]) -> Compared:
    """The old model's answers are those it gave in its own cross-validation, where it has learnt from the same text."""
    old = load(job.out)
    remembered = _remembered(job.out)
    texts = [examples.texts[at] for at in answered.rows]
    answers = [reading.label for reading in old.read_many(texts)]
    answers = [remembered.get(_key(text), answer) for text, answer in zip(texts, answers, strict=True)]
    before = np.array([found == wanted for found, wanted in zip(answers, truth, strict=True)], dtype=bool)
    return compare(right(answered, truth), before)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".answers.json")


def _remember(path: Path, examples: Labelled, answered: Answered) -> None:
    answers = {_key(examples.texts[at]): label for at, label in zip(answered.rows, answered.labels, strict=True)}
    _beside(path).write_text(json.dumps(answers), encoding="utf-8")


def _remembered(path: Path) -> dict[str, str]:
    try:
        found = json.loads(_beside(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _reference(job: Job, examples: Labelled) -> dict[str, object]:
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in job.data}
    return {"files": sums, "rows": len(examples.texts), "text": list(job.text), "label": job.label}
