"""What a training found, in plain words and a few tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from triage.learning.comparing import interval
from triage.learning.scoring import Answered, figures

FEW = 20  # examples of a topic below which more are worth asking for
WEAK = 0.6  # recall below which a topic is named
PAIRS = 10
BINS = 10


def report(answered: Answered, truth: Sequence[str], order: Sequence[str] | None, curve: Mapping[int, float]) -> str:
    """`truth` are the labels of the rows answered; `curve` maps numbers of examples to the accuracy they led to."""
    parts = [
        _heads(answered, truth, order),
        _topics(answered, truth),
        _pairs(answered, truth),
        _calibration(answered, truth),
        _curve(curve),
        _missing(answered, truth),
    ]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part)))


def right(answered: Answered, truth: Sequence[str]) -> np.ndarray:
    """(n,) whether each answer was right."""
    return np.array([found == wanted for found, wanted in zip(answered.labels, truth, strict=True)], dtype=bool)


def _heads(answered: Answered, truth: Sequence[str], order: Sequence[str] | None) -> Iterator[str]:
    low, high = interval(right(answered, truth).astype(float))
    yield f"Out of fold, {len(truth):,} texts:"
    for name, value in figures(answered, truth, order).items():
        extra = f"   (95 % interval {low:.3f} to {high:.3f})" if name == "accuracy" else ""
        yield f"  {name:16} {value:.3f}{extra}"


def _topics(answered: Answered, truth: Sequence[str]) -> Iterator[str]:
    wanted, found = Counter(truth), Counter(answered.labels)
    hits = Counter(label for label, hit in zip(truth, right(answered, truth), strict=True) if hit)
    yield f"{'topic':32} precision  recall  examples"
    for topic in sorted(wanted, key=lambda each: (-wanted[each], each)):
        precision = hits[topic] / found[topic] if found[topic] else 0.0
        yield f"{topic[:32]:32} {precision:9.2f} {hits[topic] / wanted[topic]:7.2f} {wanted[topic]:9,}"


def _pairs(answered: Answered, truth: Sequence[str]) -> Iterator[str]:
    wrong = Counter(pair for pair in zip(truth, answered.labels, strict=True) if pair[0] != pair[1])
    if not wrong:
        return
    yield "Most often taken for something else:"
    for (wanted, found), count in wrong.most_common(PAIRS):
        yield f"  {count:5,} {wanted} → {found}"


def _calibration(answered: Answered, truth: Sequence[str]) -> Iterator[str]:
    hits = right(answered, truth)
    bins = np.minimum((answered.probabilities * BINS).astype(int), BINS - 1)
    yield "When it says … it is right …"
    for at in range(BINS):
        inside = bins == at
        if inside.any():
            said = answered.probabilities[inside].mean()
            yield f"  {said:7.0%}       {hits[inside].mean():7.0%}   of {inside.sum():,}"


def _curve(curve: Mapping[int, float]) -> Iterator[str]:
    if len(curve) < 2:
        return
    yield "Accuracy with so many examples:"
    for count, accuracy in curve.items():
        yield f"  {count:7,}   {accuracy:.3f}"


def _missing(answered: Answered, truth: Sequence[str]) -> Iterator[str]:
    wanted = Counter(truth)
    hits = Counter(label for label, hit in zip(truth, right(answered, truth), strict=True) if hit)
    few = {topic: FEW - count for topic, count in wanted.items() if count < FEW}
    weak = [topic for topic, count in wanted.items() if count >= FEW and hits[topic] / count < WEAK]
    if few:
        yield f"Topics with fewer than {FEW} examples; what each lacks:"
        yield from (f"  {topic[:32]:32} {lacks}" for topic, lacks in sorted(few.items(), key=lambda each: -each[1]))
    if weak:
        yield "Enough examples, and still hard to tell; a clearer topic may help more than further examples:"
        yield from (f"  {topic}" for topic in sorted(weak))
