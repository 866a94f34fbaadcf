"""From examples to a classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from triage.learning.classifier import LONGEST, Classifier
from triage.learning.kinds import NotEnoughData, PipelineUnavailable, Progress


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

    A label of None marks an example of "none of these". `descriptions` (label -> name and description) serve as extra
    examples, so a label may do without any. `order` names ordinal labels from low to high. Rows of one group are never
    split over two folds. `progress` hears the share done and what is being done, and may raise `Cancelled`.
    Raises NotEnoughData and PipelineUnavailable.
    """
    if pipeline not in ("light", "full"):
        raise PipelineUnavailable(f"there is no pipeline {pipeline!r}; there are light and full")
    tell = progress or (lambda share, what: None)
    rows = [(text[:LONGEST], label) for text, label in zip(texts, labels, strict=True) if label is not None]
    rows += [(text[:LONGEST], label) for label, text in (descriptions or {}).items()]
    names = tuple(order) if order else tuple(sorted({label for _, label in rows}))
    if len(names) < 2:
        raise NotEnoughData(f"needs at least 2 topics with an example or a description; has {len(names)}")
    tell(0.0, "reading the examples")
    index = {name: at for at, name in enumerate(names)}
    targets = np.array([index[label] for _, label in rows])
    read = [text for text, _ in rows]
    state = _fit_once(read, targets, len(names), seed)
    tell(0.3, "cross-validating")
    scores = _out_of_fold(read, targets, len(names), seed)
    temperature = _temperature(scores, targets)
    tell(1.0, "done")
    state |= {"labels": list(names), "pipeline": pipeline, "order": list(order) if order else [], "seed": seed}
    return Classifier(state | {"temperature": temperature, "threshold": _threshold(scores / temperature, targets)})


def _fit_once(texts: Sequence[str], targets: np.ndarray, count: int, seed: int) -> dict[str, Any]:
    vectorizer = _vectorizer(len(texts))
    try:
        features = vectorizer.fit_transform(texts)
    except ValueError as error:
        raise NotEnoughData("needs examples with words in them; these have none") from error
    weights, bias = np.zeros((count, features.shape[1])), np.full(count, -1.0)
    present = np.unique(targets)
    machine = LinearSVC(C=0.5, random_state=seed).fit(features, targets) if len(present) > 1 else None
    if machine is not None:
        rows = np.vstack([-machine.coef_, machine.coef_]) if len(present) == 2 else machine.coef_
        weights[present] = rows
        bias[present] = [-machine.intercept_[0], machine.intercept_[0]] if len(present) == 2 else machine.intercept_
    size = max(1, min(64, min(features.shape) - 1))
    reduced = TruncatedSVD(size, random_state=seed).fit(features)
    names = [name.removeprefix("word__") if name.startswith("word__") else "" for name in _names(vectorizer)]
    found = {"vectorizer": vectorizer, "weights": weights, "bias": bias, "names": names}
    return found | {"projection": reduced.components_.T}


def _names(vectorizer: FeatureUnion) -> list[str]:
    return [str(name) for name in vectorizer.get_feature_names_out()]


def _vectorizer(rows: int) -> FeatureUnion:
    word = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", dtype=np.float32)
    char = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(2, 5),
        sublinear_tf=True,
        min_df=2 if rows > 50 else 1,
        strip_accents="unicode",
        dtype=np.float32,
    )
    return FeatureUnion([("word", word), ("char", char)])


def _out_of_fold(texts: Sequence[str], targets: np.ndarray, count: int, seed: int) -> np.ndarray:
    scores = np.zeros((len(texts), count))
    smallest = np.bincount(targets)[np.unique(targets)].min()
    folds = min(5, len(texts))
    splitter = (StratifiedKFold if smallest >= folds else KFold)(folds, shuffle=True, random_state=seed)
    for train, held in splitter.split(np.zeros(len(texts)), targets):
        state = _fit_once([texts[at] for at in train], targets[train], count, seed)
        found = state["vectorizer"].transform([texts[at] for at in held])
        scores[held] = found @ state["weights"].T + state["bias"]
    return scores


def _temperature(scores: np.ndarray, targets: np.ndarray) -> float:
    def loss(log_temperature: float) -> float:
        logs = log_softmax(scores / np.exp(log_temperature), axis=1)
        return float(-logs[np.arange(len(targets)), targets].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-5, 2), method="bounded").x))


def _threshold(logits: np.ndarray, targets: np.ndarray) -> float:
    confidence = np.exp(log_softmax(logits, axis=1).max(axis=1))
    order = np.argsort(-confidence)
    right = (logits.argmax(axis=1) == targets)[order]
    good = np.flatnonzero(np.cumsum(right) / np.arange(1, len(right) + 1) >= 0.95)
    return float(confidence[order][good[-1]]) if len(good) else 1.0
