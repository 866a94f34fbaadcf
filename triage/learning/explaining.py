"""Why this label: what each word and phrase of a text added to its log-odds against the other labels.

Terms and word vectors enter the logits linearly, so their shares add up exactly; what the encoders of the full pipeline
see in a whole sentence cannot be divided among its words and is left out. The parts of a word count for the word.
"""

from __future__ import annotations

import math

import numpy as np

from triage.learning import static
from triage.learning.kinds import Reason
from triage.learning.machine import Machine
from triage.learning.terms import Marked, normalised, phrases, tokens
from triage.learning.wordpiece import pieces

WORDS = 400  # of a text that are weighed


def contrast(chances: np.ndarray, label: int) -> np.ndarray:
    """(labels,) 1 for the label, and minus each other's share of the rest: the slope of the label's log-odds."""
    others = chances.copy()
    others[label] = 0
    slope = -others / max(float(others.sum()), 1e-12)
    slope[label] = 1
    return slope


def explain(machine: Machine, text: str, marked: Marked, slope: np.ndarray, count: int) -> tuple[Reason, ...]:
    """The `count` words and phrases that weighed most, heaviest first."""
    read = normalised(text)
    pulls = _pulls(machine, marked, slope)
    shares = dict(zip(marked.columns.tolist(), pulls.tolist(), strict=True))
    found: dict[str, float] = {}
    for phrase in phrases(tokens(read)[:WORDS]):
        column = machine.terms.phrases.get(phrase)
        if column is not None:
            found[phrase] = shares[column]
    _add_words(machine, read, marked, shares, slope, found)
    order = sorted(found.items(), key=lambda each: -abs(each[1]))
    return tuple(Reason(name, weight) for name, weight in order[:count] if abs(weight) > 0.005)


def _pulls(machine: Machine, marked: Marked, slope: np.ndarray) -> np.ndarray:
    """(k,) what each column added, all its occurrences together."""
    pulls = machine.heads[0].weights[marked.columns] @ slope * machine.mixture[0]
    if machine.kernel is not None:
        pulls += machine.kernel.linear.weights[marked.columns] @ slope * machine.mixture[-1]
    return np.asarray(pulls * marked.values)


def _add_words(
    machine: Machine, read: str, marked: Marked, shares: dict[int, float], slope: np.ndarray, found: dict[str, float]
) -> None:
    words = read.split()[:WORDS]
    held = [machine.terms.of_word(word)[0] for word in words]
    times: dict[int, int] = {}
    for columns in held:
        for column in columns:
            times[column] = times.get(column, 0) + 1
    meant = _meanings(machine, words, slope)
    for word, columns, extra in zip(words, held, meant, strict=True):
        name = " ".join(tokens(word)) or word
        found[name] = found.get(name, 0.0) + extra + sum(shares[column] / times[column] for column in columns)


def _meanings(machine: Machine, words: list[str], slope: np.ndarray) -> list[float]:
    """What the word vector of each word added."""
    direction = machine.heads[1].weights @ slope * machine.mixture[1]
    cut = [pieces(word) for word in words]
    whole = static.summed(cut)
    length = math.sqrt(float(np.square(whole.sum(axis=0)).sum())) or 1.0
    return [float(each) for each in whole @ direction / length]
