from __future__ import annotations

import numpy as np
import pytest

from triage.learning import ordinal, scoring
from triage.learning.calibrating import UNCHANGED, learn_calibration
from triage.learning.comparing import compare, interval
from triage.learning.scoring import Answered
from triage.learning.stacking import mix, stack
from triage.learning.unknown import FEWEST, learn_detector


def _answered(labels: list[str | None], sure: list[float], top: list[bool]) -> Answered:
    return Answered(np.arange(len(labels)), tuple(labels), np.array(sure), np.ones(len(labels)), np.array(top))


def test_figures_by_hand() -> None:
    answered = _answered(["a", "b", None, "a"], [0.9, 0.8, 0.0, 0.6], [True, True, False, True])
    found = scoring.figures(answered, ["a", "b", "b", "b"], None)
    assert found["accuracy"] == 0.5
    assert found["top3"] == 0.75
    assert found["ece"] == pytest.approx((0.1 + 0.2 + 0.0 + 0.6) / 4)
    assert found["coverage_at_95"] == 0.5
    assert found["macro_f1"] == pytest.approx((2 / 3 + 0.5) / 2)


def test_threshold_is_the_least_sure_of_those_that_are_right_often_enough() -> None:
    sure = np.linspace(1, 0.01, 100)
    right = np.array([True] * 60 + [False] * 40)
    assert scoring.coverage(sure, right) == pytest.approx(0.63)
    assert scoring.threshold(sure, right) == pytest.approx(sure[62])
    assert scoring.threshold(sure, ~np.ones(100, dtype=bool)) == 1.0


def test_unknown_texts_are_counted_where_one_in_twenty_known_ones_is_refused() -> None:
    found = scoring.unknown_figures(np.linspace(0.5, 1, 101), np.array([0.1, 0.2, 0.51, 0.9]))
    assert found["oos_recall"] == 0.75
    assert 0.7 < found["oos_auroc"] < 1


def test_calibration_mends_doubt_and_overconfidence() -> None:
    chance = np.random.default_rng(0)
    truth = chance.uniform(0.05, 0.95, 4000)
    right = chance.uniform(size=4000) < truth
    for said in (truth**2, np.sqrt(truth), truth):
        mended = learn_calibration(said, right)(said)
        assert scoring.calibration_error(mended, right) < 0.03
        assert np.all(np.diff(mended[np.argsort(said)]) >= 0)


def test_calibration_leaves_alone_what_nothing_is_known_of() -> None:
    sure = np.array([0.1, 0.5, 0.9])
    assert np.allclose(learn_calibration(np.zeros(0), np.zeros(0, dtype=bool))(sure), sure)
    assert np.allclose(UNCHANGED(sure), sure)


def test_stacking_trusts_the_head_that_knows() -> None:
    chance = np.random.default_rng(0)
    targets = chance.integers(0, 4, 400)
    good = np.eye(4)[targets] + chance.normal(0, 0.3, (400, 4))
    scores = np.stack([good, chance.normal(0, 1, (400, 4))])
    weights = stack(scores, targets, np.array([1.0, 1.0]), seed=0)
    assert weights[0] > 10 * weights[1]
    assert (mix(scores, weights).argmax(axis=1) == targets).mean() > 0.9
    assert np.array_equal(stack(scores[:, :0], targets[:0], np.array([2.0, 3.0]), seed=0), [2.0, 3.0])


def test_cut_points_answer_between_the_extremes() -> None:
    chance = np.random.default_rng(0)
    truth = chance.integers(0, 5, 2000)
    logits = -np.abs(np.arange(5) - truth[:, None] - chance.normal(0.8, 1, 2000)[:, None])
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    cuts = ordinal.learn_cuts(chances, truth)
    assert np.all(np.diff(cuts) >= 0)
    halfway = np.arange(4) + 0.5
    tuned, plain = (ordinal.kappa(truth, ordinal.ranked(chances, each)) for each in (cuts, halfway))
    assert tuned > plain + 0.02
    assert tuned > ordinal.kappa(truth, chances.argmax(axis=1))


def test_kappa_is_nothing_where_all_is_one() -> None:
    assert ordinal.kappa(np.zeros(5, dtype=int), np.zeros(5, dtype=int)) == 0.0


def test_detector_goes_by_likeness_and_strange_words_where_it_could_not_learn() -> None:
    detector = learn_detector(np.zeros((20, 7)), np.arange(20) >= FEWEST - 1, np.ones(20), 0.1)
    near, far, strange = np.zeros((3, 7))
    near[3], far[3], strange[3], strange[4] = 0.7, 0.2, 0.2, 0.8
    chances = detector.known(np.stack([near, far, strange]))
    assert chances[0] > 0.98
    assert chances[0] > chances[1] > chances[2]


def test_detector_tells_two_clouds_apart() -> None:
    chance = np.random.default_rng(0)
    signals = np.concatenate([chance.normal(2, 1, (200, 3)), chance.normal(-2, 1, (200, 3))])
    known = np.arange(400) < 200
    detector = learn_detector(signals, known, np.ones(400), 0.1)
    assert detector.known(signals[known]).mean() > 0.95
    assert detector.known(signals[~known]).mean() < 0.2


def test_better_means_by_more_than_luck() -> None:
    old = np.zeros(100, dtype=bool)
    new = np.arange(100) < 8
    assert compare(new, old).is_better
    assert not compare(np.arange(100) < 3, old).is_better
    assert not compare(old, new).is_better
    assert not compare(new, new).is_better
    assert (compare(new, old).gained, compare(new, old).lost) == (8, 0)


def test_interval_holds_the_mean() -> None:
    low, high = interval(np.arange(200) < 150)
    assert 0.67 < low < 0.75 < high < 0.82
    assert interval(np.zeros(0)) == (0.0, 0.0)


def test_raising_trust_changes_log_odds_and_nothing_else() -> None:
    sure = np.array([0.2, 0.5, 0.9])
    raised = UNCHANGED.raised(0.3)(sure)
    assert np.allclose(np.log(raised / (1 - raised)) - np.log(sure / (1 - sure)), 0.3)
