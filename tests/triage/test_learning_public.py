"""Public sets, where HELPDESK_DATA says that they lie; `bench/triage.py` measures them thoroughly."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from triage.learning import evaluate, fit
from triage.learning.tables import read_table
from triage.learning.trials import Labelled, few_of_each, labelled

DATA = os.environ.get("HELPDESK_DATA", "")
pytestmark = pytest.mark.skipif(not DATA, reason="HELPDESK_DATA names no folder with public sets")


def _set(*names: str) -> Labelled:
    return labelled([read_table(Path(DATA, *names))], ["text"], "label")


def test_ten_examples_a_topic_are_useful_and_honest() -> None:
    learnt, asked = _set("hwu64", "fewshot_train_10.csv"), _set("hwu64", "valid.csv")
    scores = evaluate(fit(learnt.texts, learnt.labels), asked.texts, asked.labels)
    assert scores["accuracy"] > 0.73
    assert scores["ece"] < 0.05


def test_what_is_out_of_scope_is_noticed() -> None:
    whole = _set("clinc150", "train.csv")
    outside = [text for text, label in zip(whole.texts, whole.labels, strict=True) if label == "oos"]
    some = few_of_each(whole.where([label != "oos" for label in whole.labels]), 12, seed=0)
    held = _set("clinc150", "val.csv")
    known = held.where([label != "oos" for label in held.labels])
    scores = evaluate(fit(some.texts, some.labels), known.texts, known.labels, oos=outside)
    assert scores["oos_auroc"] > 0.9
    assert scores["accuracy"] > 0.83
