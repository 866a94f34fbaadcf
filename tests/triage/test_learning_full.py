"""The full pipeline: encoders as they are installed, and a kernel machine that knows what a row changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.triage.learning_data import OUTSIDE, desk
from triage.learning import Classifier, PipelineUnavailable, encoders, evaluate, fit, load, save
from triage.learning.examples import Examples
from triage.learning.kernel import Solved
from triage.learning.terms import learn


@pytest.fixture(scope="module")
def learnt() -> Classifier:
    return fit(*desk(8), pipeline="full")


def test_full_answers_what_it_has_no_word_of(learnt: Classifier) -> None:
    assert learnt.read("forgotten passphrase, sign-in impossible").label == "login"
    assert learnt.read("dónde está mi paquete").label == "delivery"
    assert evaluate(learnt, *desk(5, seed=5), oos=OUTSIDE)["oos_auroc"] > 0.95


def test_full_comes_back_from_its_file(learnt: Classifier, tmp_path: Path) -> None:
    save(learnt, tmp_path / "full.skops", card={})
    again = load(tmp_path / "full.skops")
    texts = desk(2, seed=6)[0]
    assert again.read_many(texts, reasons=3) == learnt.read_many(texts, reasons=3)
    assert again.vectors(texts).shape == (len(texts), 384 + 512)


def test_odd_texts_are_no_trouble_for_the_encoders(learnt: Classifier) -> None:
    for text in ("", "\0", "🙂", "\ud800 card", "a" * 100_000, "где посылка"):
        learnt.read(text)


def test_a_text_encodes_alone_as_in_a_batch() -> None:
    texts = ["where is my card", "a rather longer message about a refund that never came", "hi"]
    for encode in (encoders.minilm, encoders.use3):
        assert np.allclose(encode(texts)[1], encode(texts[1:2])[0], atol=1e-5)
        assert np.allclose(np.linalg.norm(encode(texts), axis=1), 1, atol=1e-4)


def test_leaving_rows_out_says_what_training_without_them_would() -> None:
    texts, labels = desk(10)
    targets = np.unique(labels, return_inverse=True)[1]
    chance = np.random.default_rng(0)
    dense = tuple(row / np.linalg.norm(row, axis=1, keepdims=True) for row in (chance.normal(size=(40, 8)),) * 2)
    examples = Examples(texts, np.zeros((40, 1)), tuple(each.astype(np.float32) for each in dense))
    marked, _ = learn(texts).mark_many(texts)
    whole = Solved(examples, marked, targets, 4)
    out = np.arange(0, 40, 10)  # one of each topic, so that the shares of the topics stay as they were
    kept = np.setdiff1d(np.arange(40), out)
    without = Solved(examples.take(kept), marked[kept], targets[kept], 4)
    wanted = without.kernel().scores(marked[out], examples.take(out).dense)
    assert np.allclose(whole.without(out), wanted, atol=1e-4)


def test_a_file_that_was_not_checked_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(encoders.CHECKSUMS, encoders.MINILM[2], "0" * 64)
    with pytest.raises(PipelineUnavailable, match="is not the file that was checked"):
        encoders._checked(*encoders.MINILM)


def test_a_missing_package_is_named() -> None:
    with pytest.raises(PipelineUnavailable, match="needs the package no-such-thing, which is not installed"):
        encoders._checked("no-such-thing", "no_such_thing", "model.onnx")
