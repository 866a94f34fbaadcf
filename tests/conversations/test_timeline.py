"""The client's reducer: what it ends up with does not depend on how parts arrive."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.replay.timeline import Contradiction, Timeline


def _part(number: int, key: str = "") -> dict[str, Any]:
    return {"id": key or f"part-{number}", "conversation": "c", "number": number}


@given(st.integers(1, 30).flatmap(lambda n: st.permutations(list(range(1, n + 1)) * 2)))
def test_any_order_and_any_repetition_give_the_same_list(numbers: list[int]) -> None:
    timeline = Timeline()
    for number in numbers:
        timeline.apply(_part(number))
    assert [part["number"] for part in timeline.in_order()] == list(range(1, max(numbers) + 1))
    assert timeline.have == max(numbers)
    assert not timeline.is_behind


def test_a_hole_is_known_as_one_until_it_is_filled() -> None:
    timeline = Timeline()
    timeline.apply(_part(1))
    timeline.apply(_part(3))
    assert (timeline.have, timeline.is_behind) == (1, True)
    timeline.apply(_part(2))
    assert (timeline.have, timeline.is_behind) == (3, False)


def test_a_number_heard_of_is_a_hole_too() -> None:
    timeline = Timeline()
    timeline.hear_of(4)
    assert timeline.is_behind


def test_two_parts_of_one_number_are_a_contradiction() -> None:
    timeline = Timeline()
    timeline.apply(_part(1))
    with pytest.raises(Contradiction):
        timeline.apply(_part(1, "another"))
