"""The sums behind the numbers, against published values and simulations."""

from __future__ import annotations

import numpy as np
import pytest

from triage.trust import statistics


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    # Newcombe 1998, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(hits: int, trials: int, low: float, high: float) -> None:
    assert statistics.wilson(hits, trials) == pytest.approx((low, high), abs=1e-4)
    assert statistics.wilson(trials - hits, trials) == pytest.approx((1 - high, 1 - low), abs=1e-4)


def test_nothing_is_known_of_nothing() -> None:
    assert statistics.wilson(0, 0) == (0.0, 1.0)
    assert statistics.calibration([], []).ece == 0.0
    assert statistics.paired_difference([], []).rows == 0


def test_calibration_by_hand() -> None:
    found = statistics.calibration([0.95, 0.95, 0.15, 1.0], [True, False, False, True])
    assert [(each.count, each.right) for each in found.bins] == [(1, 0.0), (3, pytest.approx(2 / 3))]
    assert found.ece == pytest.approx((0.15 + abs(2.9 - 2)) / 4)


def test_a_real_difference_is_seen_and_noise_is_not() -> None:
    random = np.random.default_rng(0)
    others = (random.random(400) < 0.7).tolist()
    better = [right or draw < 0.4 for right, draw in zip(others, random.random(400), strict=True)]
    found = statistics.paired_difference(better, others)
    assert found.value == pytest.approx(np.mean(better) - np.mean(others))
    assert 0 < found.low < found.value < found.high
    assert statistics.paired_difference(others, others).low == 0.0


def test_the_interval_of_a_difference_holds_in_95_of_100() -> None:
    random = np.random.default_rng(1)
    held = 0
    for seed in range(300):
        first, second = random.random(200) < 0.8, random.random(200) < 0.7
        found = statistics.paired_difference(first.tolist(), second.tolist(), seed)
        held += found.low <= 0.1 <= found.high
    assert 0.91 <= held / 300 <= 0.985


def test_drift_is_seen_and_chance_is_not() -> None:
    random = np.random.default_rng(2)
    train = random.beta(2, 8, 2000)
    tenths = np.quantile(train, [at / 10 for at in range(1, 10)]).tolist()
    alarms = 0
    for _ in range(200):
        found = statistics.drift(tenths, random.beta(2, 8, 60).tolist(), 2000)
        assert found is not None
        alarms += found.is_strange
    assert alarms <= 10
    moved = statistics.drift(tenths, random.beta(4, 6, 200).tolist(), 2000)
    assert moved is not None
    assert moved.is_strange
    assert moved.is_more_unseen


def test_too_few_never_warn() -> None:
    found = statistics.drift([at / 20 for at in range(1, 10)], [0.99] * 49, 500)
    assert found is not None
    assert not found.is_strange
    assert statistics.drift([], [0.1], 5) is None
    assert statistics.drift([0.1] * 9, [], 5) is None


def test_training_rows_that_are_all_alike_can_be_compared() -> None:
    same = statistics.drift([0.0] * 9, [0.0] * 100, 100)
    assert same is not None
    assert not same.is_strange
    other = statistics.drift([0.0] * 9, [0.5] * 100, 100)
    assert other is not None
    assert other.is_strange


def test_the_gain_of_more_labels_follows_the_power_law() -> None:
    rows = [50, 100, 200, 400]
    curve = [(n, 1 - 0.9 * n**-0.3, 100_000) for n in rows]
    found = statistics.gain(curve, 400)
    expected = 0.9 * (400**-0.3 - 800**-0.3)
    assert found is not None
    assert found.value == pytest.approx(expected, abs=0.002)
    assert found.low <= found.value <= found.high


def test_a_flat_curve_promises_nothing_and_a_short_one_is_silent() -> None:
    flat = statistics.gain([(50, 0.8, 500), (100, 0.8, 500), (200, 0.8, 500)])
    assert flat is not None
    assert flat.value == pytest.approx(0, abs=0.005)
    assert statistics.gain([(50, 0.8, 500), (100, 0.9, 500)]) is None
