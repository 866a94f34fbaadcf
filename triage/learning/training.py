"""One training: every head, what it says of texts that it did not see, and what that teaches about its own answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from triage.learning import folds, kernel, unknown
from triage.learning.examples import Examples
from triage.learning.heads import Heads, learn_heads
from triage.learning.kinds import Progress
from triage.learning.machine import Answers, Machine, centres_of, nearness
from triage.learning.stacking import mix, stack

LABEL_PARTS = 3  # trainings that leave out a third of the labels each
FEW_KNOWN = 200  # texts of labels that stayed in, below which all that were held out are taken too
MOST_UNKNOWN = 3000  # texts of left-out labels, or from outside, that the detector learns from
START = {"light": (3.0, 1.0), "full": (0.7, 0.25, 1.2, 1.5), "large": (1.2, 0.25, 1.2)}


@dataclass(frozen=True, slots=True)
class Material:
    """n examples and their `targets` (numbers below `count`); `asked` (n,) says which may be held out.

    The others (descriptions) are trained on, always. `outside` are texts about none of the labels.
    """

    examples: Examples
    targets: np.ndarray
    count: int
    groups: np.ndarray
    asked: np.ndarray
    outside: Examples


@dataclass(frozen=True, slots=True)
class Told:
    """What heads said of n texts that they had not seen: `scores` (heads, n, labels), and (n,) each of the rest."""

    scores: np.ndarray
    near: np.ndarray
    drift: np.ndarray

    def signals(self, mixture: np.ndarray) -> np.ndarray:
        return unknown.signals(self.scores, mix(self.scores, mixture), self.near, self.drift)


class Training:
    """Steps of one training; `tell` hears of each before it begins."""

    def __init__(self, material: Material, seed: int, tell: Progress) -> None:
        self.material, self.seed, self._tell = material, seed, tell
        self.held = folds.by_rows(material.targets, material.groups, material.asked, seed)
        self._steps = len(self.held) + LABEL_PARTS + 2
        self._done = 0
        self._solved: kernel.Solved | None = None

    def run(self) -> tuple[Machine, np.ndarray, Answers]:
        """The machine; the rows that were held out once; and what was said of them then."""
        self._say("learning all examples")
        final = self._learn(np.arange(len(self.material.examples)))
        self._solve(final)
        rows, told = self._held_out()
        mixture = self._mixture(rows, told)
        machine = self._assemble(final, mixture, unknown.fallback(told.scores.shape[0] + 5))
        machine = self._assemble(final, mixture, self._detector(machine, told, mixture))
        chances = softmax(mix(told.scores, mixture), axis=1)
        self._tell(1.0, "done")
        return machine, rows, Answers(chances, machine.detector.known(told.signals(mixture)), told.drift)

    def _say(self, what: str) -> None:
        self._tell(min(1.0, self._done / self._steps), what)
        self._done += 1

    def _learn(self, rows: np.ndarray) -> Heads:
        material = self.material
        return learn_heads(material.examples.take(rows), material.targets[rows], material.count, self.seed)

    def _solve(self, final: Heads) -> None:
        examples = self.material.examples
        if examples.dense and len(examples) <= kernel.MOST:
            marked, _ = final.terms.mark_many(examples.texts)
            self._solved = kernel.Solved(examples, marked, self.material.targets, self.material.count)

    def _held_out(self) -> tuple[np.ndarray, Told]:
        parts, rows = [], []
        for at, held in enumerate(self.held):
            self._say(f"cross-validating, part {at + 1} of {len(self.held)}")
            parts.append(self._ask(held))
            rows.append(held.asked)
        if not parts:
            return np.zeros(0, dtype=np.int64), self._nothing()
        order = np.argsort(np.concatenate(rows))
        return np.concatenate(rows)[order], _joined(parts, order)

    def _nothing(self) -> Told:
        heads = 2 + bool(self.material.examples.dense) + (self._solved is not None)
        return Told(np.zeros((heads, 0, self.material.count)), np.zeros(0), np.zeros(0))

    def _ask(self, held: folds.Held) -> Told:
        """What heads that learnt from `held.train` say of `held.asked`."""
        material = self.material
        asked = material.examples.take(held.asked)
        scores, drift = self._learn(held.train).scores(asked)
        if self._solved is not None:
            without = self._solved.without(_others(held, len(material.targets)))
            scores = np.concatenate([scores, without[_within(held, len(material.targets))][None]])
        vectors = material.examples.vectors()
        centres = centres_of(vectors[held.train], material.targets[held.train], material.count)
        return Told(scores, nearness(vectors[held.asked], centres), drift)

    def _mixture(self, rows: np.ndarray, told: Told) -> np.ndarray:
        name = "light" if not self.material.examples.dense else "full" if self._solved else "large"
        return stack(told.scores, self.material.targets[rows], np.array(START[name]), self.seed)

    def _assemble(self, final: Heads, mixture: np.ndarray, detector: unknown.Detector) -> Machine:
        solved = self._solved.kernel() if self._solved else None
        vectors = self.material.examples.vectors()
        centres = centres_of(vectors, self.material.targets, self.material.count)
        return Machine(final.terms, final.heads, solved, mixture, detector, centres)

    def _detector(self, machine: Machine, told: Told, mixture: np.ndarray) -> unknown.Detector:
        found, known, trust = self._left_out(mixture)
        if known.sum() < FEW_KNOWN:
            inside = told.signals(mixture)
            found, known = np.concatenate([found, inside]), np.concatenate([known, np.ones(len(inside), bool)])
            trust = np.ones(len(known))
        outside = self.material.outside
        if not len(outside):
            return unknown.learn_detector(found, known, trust, unknown.SHARE)
        marked, drift = machine.terms.mark_many(outside.texts)
        scores, near = machine.scores(marked, outside)
        real = Told(scores, near, drift).signals(mixture)
        inside = told.signals(mixture)
        truth = np.concatenate([known, np.ones(len(inside), bool), np.zeros(len(real), bool)])
        # What a desk says is about none of its topics counts for more than topics that were only left out.
        real_trust = np.full(len(real), max(1.0, 2 * (~known).sum() / len(real)))
        weights = np.concatenate([trust, np.ones(len(inside)), real_trust])
        share = len(real) / (len(real) + len(inside)) if len(inside) else unknown.SHARE
        return unknown.learn_detector(np.concatenate([found, inside, real]), truth, weights, share)

    def _left_out(self, mixture: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Signals of texts whose label was, or was not, among those learnt: (m, k), (m,) which, (m,) weights."""
        found, known = [self._nothing().signals(mixture)], [np.zeros(0, dtype=bool)]
        parts = LABEL_PARTS if self.held and len(np.unique(self.material.targets)) > LABEL_PARTS else 0
        for at, held in enumerate(folds.by_labels(self.material.targets, self.held, parts, self.seed)):
            self._say(f"learning what is unknown, part {at + 1} of {parts}")
            asked = np.random.default_rng(self.seed).permutation(held.asked)[:MOST_UNKNOWN]
            told = self._ask(folds.Held(held.train, np.sort(asked)))
            labels = np.unique(self.material.targets[held.train])
            found.append(_narrowed(told, labels).signals(mixture))
            known.append(np.isin(self.material.targets[np.sort(asked)], labels))
        truth = np.concatenate(known)
        return np.concatenate(found), truth, np.ones(len(truth))


def _narrowed(told: Told, labels: np.ndarray) -> Told:
    """As if there had never been any other labels."""
    return Told(told.scores[:, :, labels], told.near, told.drift)


def _others(held: folds.Held, count: int) -> np.ndarray:
    """All rows that were not trained on."""
    return np.setdiff1d(np.arange(count), held.train)


def _within(held: folds.Held, count: int) -> np.ndarray:
    return np.searchsorted(_others(held, count), held.asked)


def _joined(parts: Sequence[Told], order: np.ndarray) -> Told:
    scores = np.concatenate([each.scores for each in parts], axis=1)[:, order]
    near = np.concatenate([each.near for each in parts])[order]
    return Told(scores, near, np.concatenate([each.drift for each in parts])[order])
