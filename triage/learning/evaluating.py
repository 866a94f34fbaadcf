"""How good a classifier is, on texts that it has not learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from triage.learning.classifier import Classifier
from triage.learning.fitting import fit
from triage.learning.kinds import Progress
from triage.learning.scoring import Answered, figures, unknown_figures


def evaluate(
    classifier: Classifier,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    oos: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
) -> dict[str, float]:
    """Scores of `classifier` on labelled texts: accuracy, macro_f1, top3, ece, coverage_at_95, each 0 to 1.

    With `oos`, texts about none of its labels, also oos_auroc and oos_recall; with `order`, labels from low to high,
    also qwk.
    """
    answered = Answered.of(classifier.read_many(texts), labels)
    scores = figures(answered, labels, order)
    if oos and len(texts):
        unknown = Answered.of(classifier.read_many(oos), [""] * len(oos))
        scores |= unknown_figures(answered.known, unknown.known)
    return scores


def cross_validate(
    texts: Sequence[str],
    labels: Sequence[str | None],
    *,
    pipeline: str = "light",
    descriptions: Mapping[str, str] | None = None,
    order: Sequence[str] | None = None,
    groups: Sequence[object] | None = None,
    progress: Progress | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """What classifiers that never saw a text say of it: `checked(fit(...))`, with the same arguments."""
    made = fit(
        texts,
        labels,
        pipeline=pipeline,
        descriptions=descriptions,
        order=order,
        groups=groups,
        progress=progress,
        seed=seed,
    )
    return checked(made, labels, order=order)


def checked(
    classifier: Classifier, labels: Sequence[str | None], *, order: Sequence[str] | None = None
) -> dict[str, Any]:
    """The held-out answers that a classifier from `fit` brings along, and their `scores` (as from `evaluate`).

    `rows` are positions in the texts that `fit` was given: texts without words, about none of the labels, or alone with
    their label were never held out. `labels`, `probabilities` and `known` go with them.
    """
    answered = classifier.checked
    if answered is None:
        raise ValueError("only a classifier that was trained in this process knows what cross-validation answered")
    truth = [label for at in answered.rows if (label := labels[at]) is not None]
    return {
        "scores": figures(answered, truth, order),
        "rows": answered.rows.tolist(),
        "labels": list(answered.labels),
        "probabilities": answered.probabilities.tolist(),
        "known": answered.known.tolist(),
    }
