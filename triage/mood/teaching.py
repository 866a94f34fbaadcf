"""Fit the mood model from labelled messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit, log_softmax
from sklearn.linear_model import LogisticRegression

from triage.mood.lexicon import LANGUAGES, NAMES, Traits, look
from triage.mood.weights import HEADS, Head, Weights, grams

ENOUGH = 1000  # messages of a language from which words get weights of their own
KEPT = 24_000  # words and pairs of a language
RAREST = 3  # messages that a word has to stand in
STIFFNESS = {"side": 1.0, "anger": 0.7, "strong": 0.3}  # inverse regularisation

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A labelled message. `side` -1, 0, 1 (sentiment's sign); `angry`, `strong` yes or no; None: not known.

    `weight` counts it that many times; `test` keeps it for calibration.
    """

    text: str
    code: str
    side: int | None = None
    angry: bool | None = None
    strong: bool | None = None
    weight: float = 1.0
    test: bool = False


def teach(lessons: Sequence[Lesson], progress: Progress | None = None) -> Weights:
    """Weights of every language that has ENOUGH lessons, and of traits alone for those that have not."""
    tell = progress or (lambda share, what: None)
    looked = [look(lesson.text, lesson.code) for lesson in lessons]
    heads: dict[str, Head] = {"": _pooled(lessons, looked)}
    for at, code in enumerate(LANGUAGES):
        tell(0.2 + 0.8 * at / len(LANGUAGES), f"learning moods: {code}")
        chosen = [index for index, lesson in enumerate(lessons) if lesson.code == code]
        if len(chosen) >= ENOUGH:
            heads[code] = _fit([lessons[index] for index in chosen], [looked[index] for index in chosen], words=True)
    tell(1.0, "moods learnt")
    return Weights(heads)


def _pooled(lessons: Sequence[Lesson], looked: Sequence[Traits]) -> Head:
    """Traits mean the same everywhere, so what one language teaches about them serves the others."""
    return _fit(lessons, looked, words=False)


def _fit(lessons: Sequence[Lesson], looked: Sequence[Traits], *, words: bool) -> Head:
    listed = _vocabulary(looked) if words else []
    idf = _rarity(looked, listed)
    features = _features(looked, listed, idf)
    weights, bias = np.zeros((features.shape[1], len(HEADS))), np.zeros(len(HEADS))
    sides = [lesson.side for lesson in lessons]
    weights[:, :3], bias[:3] = _learn(features, lessons, sides, STIFFNESS["side"])
    angry = [lesson.angry for lesson in lessons]
    weights[:, 3:4], bias[3:4] = _learn(features, lessons, angry, STIFFNESS["anger"])
    traits_only = features[:, len(listed) :]
    strong = [lesson.strong for lesson in lessons]
    weights[len(listed) :, 4:5], bias[4:5] = _learn(traits_only, lessons, strong, STIFFNESS["strong"])
    heat = _heats(features @ weights + bias, lessons)
    return Head(listed, idf, weights[: len(listed)], weights[len(listed) :], bias, heat)


def _vocabulary(looked: Sequence[Traits]) -> list[str]:
    counts: dict[str, int] = {}
    for traits in looked:
        for gram in grams(traits.words):
            counts[gram] = counts.get(gram, 0) + 1
    common = sorted((-count, gram) for gram, count in counts.items() if count >= RAREST)
    return sorted(gram for _, gram in common[:KEPT])


def _rarity(looked: Sequence[Traits], listed: Sequence[str]) -> np.ndarray:
    """Smoothed inverse document frequency, ln((1 + n) / (1 + df)) + 1, as in scikit-learn."""
    table = {gram: at for at, gram in enumerate(listed)}
    counts = np.zeros(len(listed))
    for traits in looked:
        for gram in grams(traits.words):
            if gram in table:
                counts[table[gram]] += 1
    return np.asarray(np.log((1 + len(looked)) / (1 + counts)) + 1)


def _features(looked: Sequence[Traits], listed: Sequence[str], idf: np.ndarray) -> csr_matrix:
    blank = np.zeros((len(listed), len(HEADS)))
    finder = Head(listed, idf, blank, blank, np.zeros(len(HEADS)), ())
    found = [finder.find(traits.words) for traits in looked]
    starts = np.concatenate([[0], np.cumsum([len(one.rows) for one in found])])
    values = np.concatenate([one.values for one in found]) if found else np.zeros(0)
    columns = np.array([row for one in found for row in one.rows], dtype=np.int64)
    words = csr_matrix((values, columns, starts), shape=(len(looked), len(listed)))
    traits = csr_matrix(np.array([traits.vector for traits in looked]).reshape(len(looked), len(NAMES)))
    return hstack([words, traits]).tocsr()


def _learn(
    features: csr_matrix, lessons: Sequence[Lesson], targets: Sequence[int | bool | None], stiffness: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (features, answers) and biases; one answer for yes or no, three for sides."""
    rows = [at for at, target in enumerate(targets) if target is not None and not lessons[at].test]
    answers = np.array([int(targets[at] or 0) for at in rows])
    heavy = np.array([lessons[at].weight for at in rows])
    machine = LogisticRegression(C=stiffness, max_iter=400, tol=1e-3)
    machine.fit(features[rows], answers, sample_weight=heavy)
    return machine.coef_.T, machine.intercept_


def _heats(scores: np.ndarray, lessons: Sequence[Lesson]) -> tuple[tuple[float, float], ...]:
    """Slope and shift of each answer's scores that make held-out probabilities honest (Platt, temperature)."""
    sides = _kept(lessons, [lesson.side for lesson in lessons])
    rows, truth = np.array(list(sides), dtype=int), np.array([int(side) + 1 for side in sides.values()], dtype=int)
    heat = _least(lambda at: -_picked(log_softmax(at[0] * scores[rows, :3], axis=1), truth, at[0]), [1.0])
    platt = [_platt(scores[:, 3], _kept(lessons, [lesson.angry for lesson in lessons]))]
    platt.append(_platt(scores[:, 4], _kept(lessons, [lesson.strong for lesson in lessons])))
    return ((float(heat[0]), 0.0), *platt)


def _kept(lessons: Sequence[Lesson], targets: Sequence[int | bool | None]) -> dict[int, int]:
    chosen = {at: int(target) for at, target in enumerate(targets) if target is not None and lessons[at].test}
    return chosen or {at: int(target) for at, target in enumerate(targets) if target is not None}


def _picked(logs: np.ndarray, truth: np.ndarray, slope: float) -> float:
    return float(logs[np.arange(len(truth)), truth].mean()) - 1e-3 * float(np.log(max(slope, 1e-6)) ** 2)


def _platt(scores: np.ndarray, kept: dict[int, int]) -> tuple[float, float]:
    rows, truth = np.array(list(kept), dtype=int), np.array(list(kept.values()), dtype=float)

    def loss(at: np.ndarray) -> float:
        chance = expit(at[0] * scores[rows] + at[1]).clip(1e-9, 1 - 1e-9)
        return float(-(truth * np.log(chance) + (1 - truth) * np.log(1 - chance)).mean() + 1e-3 * (at[0] - 1) ** 2)

    slope, shift = _least(loss, [1.0, 0.0])
    return float(slope), float(shift)


def _least(loss: Callable[[np.ndarray], float], start: list[float]) -> np.ndarray:
    return np.asarray(minimize(loss, start, method="Nelder-Mead").x)
