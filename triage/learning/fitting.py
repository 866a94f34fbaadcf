"""From labelled texts to a classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from triage.learning import ordinal, scoring
from triage.learning.calibrating import learn_calibration
from triage.learning.classifier import Classifier, is_readable
from triage.learning.examples import Examples, check_pipeline
from triage.learning.folds import numbered
from triage.learning.kinds import ForeignLabel, NotEnoughData, Progress
from triage.learning.packing import pack, unpack
from triage.learning.scoring import Answered
from triage.learning.training import Material, Training

HELD_BACK = 0.5  # log-odds, divided by the number of examples of a label
READING = 0.3  # share of the time that encoding takes in the full pipeline, about
PIECES = {"light": 10_000, "full": 256}  # texts between two words about the progress


def fit(
    texts: Sequence[str],
    labels: Sequence[str | None],
    *,
    pipeline: str = "light",
    descriptions: Mapping[str, str] | None = None,
    order: Sequence[str] | None = None,
    groups: Sequence[object] | None = None,
    progress: Progress | None = None,
    seed: int = 0,
) -> Classifier:
    """Learn `labels` from `texts`.

    A label of None marks a text about none of the labels. `descriptions` (label -> its name and what it is about) serve
    as extra examples, so a label may do without any. `order` names ordinal labels from low to high. Rows of one group
    are never split over two folds; without groups, rows of the same words are one. `progress` hears the share done
    (0 to 1) and what is being done, and may raise `Cancelled`. The same arguments make the same classifier.

    Raises NotEnoughData, ForeignLabel and PipelineUnavailable.
    """
    check_pipeline(pipeline)
    told = descriptions or {}
    names = _names(labels, told, order)
    rows = _Rows(texts, labels, told, names, groups)
    rows.check(names)
    tell = progress or _silent
    encoded = _encoded(rows.texts, pipeline, tell)
    share = READING if pipeline == "full" else 0.0
    training = Training(
        rows.material(encoded, len(names)), seed, lambda done, what: tell(share + (1 - share) * done, what)
    )
    # One core, for the desk needs the others; and threads that wait for each other are slower than one.
    with threadpool_limits(1):
        made = _finished(names, pipeline, rows, training, ordered=order is not None)
    # What is used now is what a file would hold, rounding included.
    return replace(unpack(pack(made)), checked=made.checked)


def _finished(names: tuple[str, ...], pipeline: str, rows: _Rows, training: Training, *, ordered: bool) -> Classifier:
    """Cut points, calibration and threshold are learnt from what was said of texts that had not been seen."""
    machine, held, answers = training.run()
    truth = rows.targets[held]
    made = Classifier(names, pipeline, 1.0, machine)
    if ordered:
        made = replace(made, cuts=ordinal.learn_cuts(answers.chances, truth))
    decided = made.decide(answers.chances)
    chances = answers.chances[np.arange(len(held)), decided]
    right = decided == truth
    calibration = learn_calibration(chances * answers.known, right).raised(_held_back(rows.targets, truth))
    made = replace(made, calibration=calibration)
    sure = made.sure(chances, answers.known)
    ranks = (answers.chances > answers.chances[np.arange(len(held)), truth][:, None]).sum(axis=1)
    labels = tuple(names[at] for at in decided)
    checked = Answered(rows.places[held], labels, sure, answers.known, ranks < 3)
    return replace(made, threshold=scoring.threshold(sure, right), checked=checked)


def _held_back(targets: np.ndarray, truth: np.ndarray) -> float:
    """Log-odds by which held-out answers were worse than those to come: their label had lost one of its few examples.

    With five examples of a label that is some 3 % of the answers, with fifty nothing.
    """
    return HELD_BACK * float((1 / np.bincount(targets)[truth]).mean()) if len(truth) else 0.0


def _silent(_share: float, _what: str) -> None:
    return None


def _names(
    labels: Sequence[str | None], descriptions: Mapping[str, str], order: Sequence[str] | None
) -> tuple[str, ...]:
    used = {label for label in labels if label is not None} | set(descriptions)
    if order is None:
        return tuple(sorted(used))
    foreign = sorted(used - set(order))
    if foreign:
        raise ForeignLabel(f"label {foreign[0]!r} is not one of the ordered labels {', '.join(order)}")
    return tuple(order)


class _Rows:
    """What is learnt from: descriptions first, then texts, then texts about none of the labels."""

    def __init__(
        self,
        texts: Sequence[str],
        labels: Sequence[str | None],
        descriptions: Mapping[str, str],
        names: tuple[str, ...],
        groups: Sequence[object] | None,
    ) -> None:
        number = {name: at for at, name in enumerate(names)}
        readable = [at for at, text in enumerate(texts) if is_readable(text)]
        inside = [at for at in readable if labels[at] is not None]
        told = [(text, number[name]) for name, text in descriptions.items() if is_readable(text)]
        self.inside = [text for text, _ in told] + [texts[at] for at in inside]
        self.outside = [texts[at] for at in readable if labels[at] is None]
        self.texts = self.inside + self.outside
        self.targets = np.array(
            [at for _, at in told] + [number[label] for at in inside if (label := labels[at]) is not None],
            dtype=np.int64,
        )
        self.places = np.array([-1] * len(told) + inside, dtype=np.int64)
        keys = None if groups is None else [f"\0{at}" for at in range(len(told))] + [groups[at] for at in inside]
        self.groups = numbered(self.inside, keys)

    def check(self, names: tuple[str, ...]) -> None:
        present = len(np.unique(self.targets))
        if present < 2:
            reason = "" if len(self.inside) or not names else "; none of the examples has a word in it"
            raise NotEnoughData(f"needs at least 2 topics with an example or a description; has {present}{reason}")

    def material(self, encoded: Examples, count: int) -> Material:
        inside, outside = np.arange(len(self.inside)), np.arange(len(self.inside), len(self.texts))
        asked = (self.places >= 0) & self._has_others(count)
        return Material(encoded.take(inside), self.targets, count, self.groups, asked, encoded.take(outside))

    def _has_others(self, count: int) -> np.ndarray:
        """(n,) whether the label of a row would still be learnt without the row and its group."""
        pairs = np.unique(np.column_stack([self.targets, self.groups]), axis=0)
        return np.bincount(pairs[:, 0], minlength=count)[self.targets] > 1


def _encoded(texts: list[str], pipeline: str, tell: Progress) -> Examples:
    parts = []
    piece = PIECES[pipeline]
    for begin in range(0, len(texts), piece):
        share = READING * begin / len(texts) if pipeline == "full" else 0.0
        tell(share, f"reading example {begin + 1} of {len(texts)}")
        parts.append(Examples.of(texts[begin : begin + piece], pipeline))
    dense = tuple(np.concatenate(each) for each in zip(*(part.dense for part in parts), strict=True))
    return Examples([text for part in parts for text in part.texts], np.concatenate([p.words for p in parts]), dense)
