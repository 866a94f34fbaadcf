from __future__ import annotations

import numpy as np
import pytest

from tests.triage.learning_data import DESCRIPTIONS, OUTSIDE, desk
from triage.learning import (
    Cancelled,
    Classifier,
    ForeignLabel,
    NotEnoughData,
    PipelineUnavailable,
    checked,
    evaluate,
    fit,
)
from triage.learning import cross_validate as cross_validated
from triage.learning.folds import assigned, by_rows, numbered
from triage.learning.packing import pack


@pytest.fixture(scope="module")
def learnt() -> Classifier:
    return fit(*desk())


def test_new_messages_find_their_topic(learnt: Classifier) -> None:
    texts, labels = desk(20, seed=2)
    scores = evaluate(learnt, texts, labels)
    assert scores["accuracy"] > 0.95
    assert scores["top3"] >= scores["accuracy"]
    assert learnt.labels == ("delivery", "invoice", "login", "refund")


def test_same_examples_make_the_same_classifier(learnt: Classifier) -> None:
    one, other = pack(learnt), pack(fit(*desk()))
    assert np.array_equal(one["heads"][0]["weights"], other["heads"][0]["weights"])
    assert one["threshold"] == other["threshold"]
    assert np.array_equal(one["detector"]["weights"], other["detector"]["weights"])


def test_topics_without_examples_are_learnt_from_their_descriptions() -> None:
    cold = fit([], [], descriptions=DESCRIPTIONS)
    texts, labels = desk(10, seed=3)
    assert evaluate(cold, texts, labels)["accuracy"] > 0.6


def test_a_described_topic_joins_those_with_examples() -> None:
    texts, labels = desk(8)
    kept = [at for at, label in enumerate(labels) if label != "login"]
    made = fit([texts[at] for at in kept], [labels[at] for at in kept], descriptions={"login": DESCRIPTIONS["login"]})
    assert "login" in made.labels
    assert made.read("my password is locked, cannot sign in").label == "login"


def test_one_example_each_is_enough_to_begin() -> None:
    made = fit(["where is my parcel", "i forgot my password"], ["delivery", "login"])
    assert made.read("the parcel please").label == "delivery"
    assert made.threshold == 1.0


@pytest.mark.parametrize(
    ("texts", "labels", "missing"),
    [
        ([], [], "needs at least 2 topics with an example or a description; has 0"),
        (["a parcel", "a box"], ["delivery", "delivery"], "needs at least 2 topics .* has 1"),
        (["", "\0", "🙂"], ["a", "b", "c"], "has 0; none of the examples has a word in it"),
        (["a parcel", "a joke"], ["delivery", None], "needs at least 2 topics .* has 1"),
    ],
)
def test_says_what_is_missing(texts: list[str], labels: list[str | None], missing: str) -> None:
    with pytest.raises(NotEnoughData, match=missing):
        fit(texts, labels)


def test_knows_no_other_pipeline() -> None:
    with pytest.raises(PipelineUnavailable, match="there is no pipeline 'huge'"):
        fit(*desk(3), pipeline="huge")


def test_progress_rises_to_the_end_and_says_what_is_done() -> None:
    heard: list[tuple[float, str]] = []
    fit(*desk(6), progress=lambda share, what: heard.append((share, what)))
    shares = [share for share, _ in heard]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert any("cross-validating, part 2" in what for _, what in heard)


def test_can_be_stopped_while_it_learns() -> None:
    def stop(share: float, _what: str) -> None:
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        fit(*desk(6), progress=stop)


def test_examples_of_nothing_teach_what_is_unknown() -> None:
    texts, labels = desk()
    taught = fit([*texts, *OUTSIDE], [*labels, *[None] * len(OUTSIDE)])
    unknown = taught.read("what is the weather in the capital of norway").known
    assert unknown < 0.5 < taught.read("please refund my order 123").known


def test_unknown_texts_look_less_known_even_when_none_was_shown(learnt: Classifier) -> None:
    scores = evaluate(learnt, *desk(10, seed=4), oos=OUTSIDE)
    assert scores["oos_auroc"] > 0.95
    assert scores["oos_recall"] > 0.5


def test_ordinal_labels_are_answered_near_when_not_right() -> None:
    order = ("low", "normal", "high")
    words = {"low": "a small wish someday maybe", "normal": "a question about something", "high": "urgent outage now"}
    texts = [f"{words[label]} {at}" for label in order for at in range(25)]
    labels = [label for label in order for _ in range(25)]
    made = fit(texts, labels, order=order)
    assert made.labels == order
    assert evaluate(made, ["urgent outage", "someday a wish"], ["high", "low"], order=order)["qwk"] == pytest.approx(1)


def test_an_ordinal_label_outside_the_order_is_refused() -> None:
    with pytest.raises(ForeignLabel, match="'huge' is not one of the ordered labels low, high"):
        fit(["a b", "c d"], ["low", "huge"], order=("low", "high"))


def test_cross_validation_answers_for_texts_it_had_not_seen() -> None:
    texts, labels = desk(10)
    noise = [f"zq{at}x" for at in range(12)]
    answers = cross_validated([*texts, *noise], [*labels, *["refund", "login"] * 6])
    found = dict(zip(answers["rows"], answers["labels"], strict=True))
    assert len(found) == len(texts) + len(noise)
    assert np.mean([found[at] == labels[at] for at in range(len(texts))]) > 0.9
    assert np.mean([found[len(texts) + at] == ("refund", "login")[at % 2] for at in range(12)]) < 0.9


def test_cross_validation_leaves_out_what_is_alone() -> None:
    texts, labels = desk(6)
    made = fit([*texts, "nobody else says this"], [*labels, "odd"])
    assert len(texts) not in checked(made, [*labels, "odd"])["rows"]


def test_rows_of_one_group_are_never_split() -> None:
    targets = np.repeat([0, 1], 40)
    groups = np.arange(80) // 5
    for held in by_rows(targets, groups, np.ones(80, dtype=bool), seed=0):
        assert not set(groups[held.train]) & set(groups[held.asked])


def test_rows_of_the_same_words_are_one_group() -> None:
    assert numbered(["My card", "my  CARD", "other"], None).tolist() == [0, 0, 1]


def test_folds_share_out_each_label_evenly() -> None:
    targets = np.repeat([0, 1, 2], 20)
    where = assigned(targets, np.arange(60), 5, seed=1)
    assert all(np.bincount(where[targets == label], minlength=5).tolist() == [4] * 5 for label in range(3))
