"""How well triage learns, on public sets: every figure of the section "How good" in docs/triage.md.

    .venv/bin/python -m bench.triage                  the light pipeline; a quarter of an hour on one core
    .venv/bin/python -m bench.triage --pipeline full  the full one; about an hour
    .venv/bin/python -m bench.triage --quick          only what takes seconds
    .venv/bin/python -m bench.triage --only hwu64     what has this in its name

The sets lie where HELPDESK_DATA says, a folder for each. Where a set has a published validation split, that is
answered; elsewhere every text is answered by a model that did not learn from it (cross-validation on the training
split). With `--test DIR`, the same folders under DIR hold test splits, and those are answered. Intervals are 95 %
bootstrap intervals. Exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bench.figures import Figure, figures_table
from bench.table import table
from triage.learning import Classifier, fit
from triage.learning.comparing import interval
from triage.learning.reporting import right
from triage.learning.scoring import Answered, figures, unknown_figures
from triage.learning.tables import read_table

SEVERITY = ("trivial", "minor", "normal", "major", "critical", "blocker")


@dataclass(frozen=True)
class Case:
    """`valid` None: cross-validation. `where` is a column and the value that rows of this case have in it."""

    name: str
    folder: str
    train: str
    valid: str | None
    test: str
    text: tuple[str, ...] = ("text",)
    label: str = "label"
    order: tuple[str, ...] | None = None
    oos: str | None = None
    where: tuple[str, str] | None = None
    quick: bool = False


def _intents(folder: str, valid: str, few: str, oos: str | None) -> list[Case]:
    """The three sets whose 5 and 10 examples a topic are published."""
    cases = [
        Case(f"{folder}, {count} a topic", folder, f"fewshot_train_{count}.csv", few, "test.csv", oos=oos, quick=True)
        for count in (5, 10)
    ]
    return [*cases, Case(folder, folder, "train.csv", valid or None, "test.csv", oos=oos)]


def _hint3() -> list[Case]:
    bots = ("sofmattress", "curekart", "powerplay11")
    outside = "NO_NODES_DETECTED"
    return [
        Case(f"hint3 {bot}", "hint3", "v1_train.csv", None, "v1_test.csv", oos=outside, where=("bot", bot), quick=True)
        for bot in bots
    ]


CASES = [
    *_intents("banking77", "", "fewshot_valid.csv", None),
    *_intents("clinc150", "val.csv", "val.csv", "oos"),
    *_intents("hwu64", "valid.csv", "valid.csv", None),
    *_hint3(),
    Case("bitext_cs", "bitext_cs", "train.csv", "dev.csv", "test.csv"),
    Case("indonesian sentiment", "indonesian", "smsa_train.csv", "smsa_valid.csv", "smsa_test.csv"),
    Case("helpdesk_routing", "helpdesk_routing", "train.csv", None, "test.csv", ("subject", "body"), "group"),
    Case("cfpb team", "cfpb", "train.csv", None, "test.csv", ("narrative",), "team"),
    Case("mozilla severity", "bug_severity_mozilla", "train.csv", None, "test.csv", label="severity", order=SEVERITY),
]
TARGETS: dict[tuple[str, str, str], float] = {
    ("full", "banking77", "accuracy"): 0.934,
    ("full", "clinc150", "accuracy"): 0.96,
    ("full", "hwu64", "accuracy"): 0.926,
    ("full", "banking77, 10 a topic", "accuracy"): 0.86,
    ("full", "clinc150", "oos_auroc"): 0.96,
    ("light", "clinc150", "oos_auroc"): 0.95,
    ("light", "mozilla severity", "qwk"): 0.60,
}


@dataclass(frozen=True)
class Measured:
    case: str
    pipeline: str
    asked: str
    rows: int
    labels: int
    low: float
    high: float
    scores: dict[str, float]
    seconds: float
    us_batch: float


def _rows(case: Case, path: Path) -> tuple[list[str], list[str]]:
    read = read_table(path)
    texts, labels = read.texts(case.text), read.column(case.label)
    kept = [bool(label) for label in labels]
    if case.where is not None:
        column, value = case.where
        kept = [keep and found == value for keep, found in zip(kept, read.column(column), strict=True)]
    return _where(texts, kept), _where(labels, kept)


def _where(values: Sequence[str], kept: Sequence[bool]) -> list[str]:
    return [value for value, keep in zip(values, kept, strict=True) if keep]


def measure(case: Case, data: Path, test: Path | None, pipeline: str) -> Measured:
    texts, labels = _rows(case, data / case.folder / case.train)
    inside = [label != case.oos for label in labels]
    texts, labels = _where(texts, inside), _where(labels, inside)
    began = time.perf_counter()
    made = fit(texts, labels, pipeline=pipeline, order=case.order)
    seconds = time.perf_counter() - began
    file = test / case.folder / case.test if test else data / case.folder / case.valid if case.valid else None
    asked, wanted = (texts, labels) if file is None else _rows(case, file)
    began = time.perf_counter()
    answered = None if file is None else Answered.of(made.read_many(asked), wanted)
    each = (time.perf_counter() - began) / len(asked) * 1e6
    scores, hits, rows = _scored(case, made, answered, wanted)
    low, high = interval(hits.astype(float))
    split = "cross-validation" if file is None else file.name
    return Measured(case.name, pipeline, split, rows, len(made.labels), low, high, scores, seconds, each)


def _scored(
    case: Case, made: Classifier, answered: Answered | None, wanted: list[str]
) -> tuple[dict[str, float], np.ndarray, int]:
    if answered is None:
        answered = made.checked
        assert answered is not None
        wanted = [wanted[at] for at in answered.rows]
    inside = np.array([label != case.oos for label in wanted])
    known, unknown = _taken(answered, inside), _taken(answered, ~inside)
    truth = _where(wanted, inside.tolist())
    scores = figures(known, truth, case.order)
    if len(unknown.rows):
        scores |= unknown_figures(known.known, unknown.known)
    return scores, right(known, truth), len(truth)


def _taken(answered: Answered, kept: np.ndarray) -> Answered:
    labels = tuple(label for label, keep in zip(answered.labels, kept, strict=True) if keep)
    parts = (answered.probabilities[kept], answered.known[kept], answered.in_top[kept])
    return Answered(answered.rows[kept], labels, *parts)


def _line(found: Measured) -> list[str]:
    scores = found.scores
    cells = [found.case, found.asked, f"{found.rows:,}", str(found.labels)]
    cells += [f"{100 * scores['accuracy']:.1f} ({100 * found.low:.1f}–{100 * found.high:.1f})"]  # noqa: RUF001
    cells += [f"{100 * scores[name]:.1f}" for name in ("macro_f1", "top3", "ece", "coverage_at_95")]
    cells += [f"{scores[name]:.3f}" if name in scores else "" for name in ("qwk", "oos_auroc", "oos_recall")]
    return [*cells, f"{found.seconds:.0f}"]


HEAD = ["", "answered", "texts", "topics", "accuracy %", "macro-F1", "top 3", "ECE", "cov. at 95", "QWK", "OOS AUROC"]
HEAD += ["OOS recall", "train s"]


def _targets(found: list[Measured]) -> list[Figure]:
    kept = []
    for each in found:
        for (pipeline, case, name), target in TARGETS.items():
            if (pipeline, case) == (each.pipeline, each.case) and name in each.scores:
                shown = f"{case}, {pipeline}: {name}"
                kept.append(Figure(shown, 100 * each.scores[name], "%", 100 * target, at_most=False))
    return kept


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pipeline", choices=("light", "full"), default="light")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--test", type=Path, metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the raw figures there")
    chosen = parser.parse_args()
    if "HELPDESK_DATA" not in os.environ:
        print("HELPDESK_DATA names no folder with the public sets", file=sys.stderr)
        return 2
    found: list[Measured] = []
    for case in CASES:
        if chosen.only in case.name and (case.quick or not chosen.quick):
            say(f"{case.name} …")
            found.append(measure(case, Path(os.environ["HELPDESK_DATA"]), chosen.test, chosen.pipeline))
            say("  ".join(_line(found[-1])))
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(each) for each in found], indent=1))
    print(table(HEAD, [_line(each) for each in found]))
    targets = _targets(found)
    print(f"\n{figures_table(targets)}" if targets else "")
    return 0 if all(figure.is_kept for figure in targets) else 1


if __name__ == "__main__":
    sys.exit(main())
