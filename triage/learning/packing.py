"""A classifier as plain arrays and words, small: eight bits for a weight of a term, with a scale for each term."""

from __future__ import annotations

from typing import Any

import numpy as np

from triage.learning.calibrating import Calibration
from triage.learning.classifier import Classifier
from triage.learning.heads import Head
from triage.learning.kernel import Kernel
from triage.learning.machine import Machine
from triage.learning.terms import Terms
from triage.learning.unknown import Detector

FORMAT = 1
SMALLEST = 2.0**-40  # weight that is told from 0


def pack(classifier: Classifier) -> dict[str, Any]:
    """Nothing but numbers, strings, lists and arrays."""
    machine = classifier.machine
    return {
        "format": FORMAT,
        "labels": list(classifier.labels),
        "pipeline": classifier.pipeline,
        "threshold": float(classifier.threshold),
        "calibration": classifier.calibration.shape,
        "cuts": np.zeros(0) if classifier.cuts is None else classifier.cuts,
        "phrases": _words(list(machine.terms.phrases)),
        "parts": _words(list(machine.terms.parts)),
        "rarity": machine.terms.rarity.astype(np.float16),
        "heads": [
            _small(machine.heads[0]),
            *({"weights": _half(h.weights), "bias": h.bias} for h in machine.heads[1:]),
        ],
        "kernel": [] if machine.kernel is None else [_packed_kernel(machine.kernel)],
        "mixture": machine.mixture,
        "detector": {"weights": machine.detector.weights, "bias": float(machine.detector.bias)},
        "centres": _half(machine.centres),
    }


def _half(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float16)


def _whole(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float32)


def _small(head: Head) -> dict[str, np.ndarray]:
    """Powers of two as scales, for then packing what was unpacked gives the same again."""
    largest = np.abs(head.weights).max(axis=1, keepdims=True, initial=0.0)
    power = np.ceil(np.log2(np.maximum(largest / 127, SMALLEST)))
    weights = np.round(head.weights / np.exp2(power)).astype(np.int8)
    return {"weights": weights, "power": power.astype(np.int8), "bias": head.bias}


def _large(packed: dict[str, np.ndarray]) -> Head:
    weights = _whole(packed["weights"])
    if "power" in packed:
        weights *= np.exp2(_whole(packed["power"]))
    return Head(weights, packed["bias"])


def _packed_kernel(kernel: Kernel) -> dict[str, Any]:
    # Every number of a unit vector lies between -1 and 1.
    support = [np.round(each * 127).astype(np.int8) for each in kernel.support]
    return {"linear": _small(kernel.linear), "support": support, "pull": _half(kernel.pull)}


def _unpacked_kernel(packed: dict[str, Any]) -> Kernel:
    support = tuple(_whole(each) / 127 for each in packed["support"])
    return Kernel(_large(packed["linear"]), support, _whole(packed["pull"]))


def _words(words: list[str]) -> np.ndarray:
    # No term holds a line break; half a surrogate pair, which JSON would refuse, may well be in one.
    return np.frombuffer("\n".join(words).encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _split(packed: np.ndarray, first: int) -> dict[str, int]:
    if not len(packed):
        return {}
    words = packed.tobytes().decode("utf-8", "surrogatepass").split("\n")
    return {word: first + at for at, word in enumerate(words)}


def unpack(state: dict[str, Any]) -> Classifier:
    """The classifier that `pack` was given, but for rounding. Raises what reading foreign data raises."""
    if state["format"] != FORMAT:
        raise ValueError("its format is not the one this version reads")
    phrases = _split(state["phrases"], 0)
    terms = Terms(phrases, _split(state["parts"], len(phrases)), _whole(state["rarity"]))
    heads = tuple(_large(each) for each in state["heads"])
    detector = Detector(state["detector"]["weights"], state["detector"]["bias"])
    kernel = _unpacked_kernel(state["kernel"][0]) if state["kernel"] else None
    machine = Machine(terms, heads, kernel, state["mixture"], detector, _whole(state["centres"]))
    cuts = state["cuts"] if len(state["cuts"]) else None
    named = tuple(state["labels"]), state["pipeline"], state["threshold"]
    made = Classifier(*named, machine, Calibration(state["calibration"]), cuts)
    _check(made)
    return made


def _check(made: Classifier) -> None:
    machine, count = made.machine, len(made.labels)
    shapes = [machine.heads[0].weights.shape == (machine.terms.size, count), machine.centres.shape[0] == count]
    shapes += [head.weights.shape[1] == count and head.bias.shape == (count,) for head in machine.heads]
    numbers = [made.calibration.shape, machine.terms.rarity, machine.mixture, machine.detector.weights]
    if not all(shapes) or count < 2 or len(set(made.labels)) != count:
        raise ValueError("its parts do not fit together")
    if len(machine.terms.phrases) + len(machine.terms.parts) != machine.terms.size:
        raise ValueError("its words do not fit its weights")
    if not all(np.isfinite(each).all() for each in [*numbers, *(head.bias for head in machine.heads)]):
        raise ValueError("it has numbers that are none")
