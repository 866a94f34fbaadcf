"""Training makes a challenger, the better one decides, and one can go back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from people.models import Agent
from tests.triage.learning_desk import (
    NOON,
    about,
    copied,
    corrected,
    example,
    taught,
    topics,
    train,
)
from triage import actions, artefacts
from triage.actions.learning import answers, comparing, running
from triage.actions.learning.answers import Answer
from triage.actions.learning.lessons import Lessons, Row, gather
from triage.actions.learning.remembering import recall
from triage.actions.learning.versions import forget_old
from triage.artefacts import Disabled, Loaded
from triage.learning import fit, save
from triage.models import ModelVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("models")]


# The first, and those after it


def test_the_first_model_decides_when_it_beats_the_commonest_topic(anna: Agent) -> None:
    made = taught(12)
    version = train(anna)
    assert version.state == "champion"
    assert version.compared["code"] == "first"
    assert version.scores["rows"] == 36
    assert version.scores["accuracy"] > version.scores["majority"] == pytest.approx(1 / 3)
    assert set(version.topics.values()) == {topic.pk for topic in made.values()}
    assert version.reference["corrections"] == 36
    found = artefacts.current()
    assert isinstance(found, Loaded)
    assert found.classifier.read("my parcel never arrived").label == str(made["Delivery"].pk)


def test_without_enough_rows_it_waits_for_a_person(anna: Agent) -> None:
    taught(4)
    version = train(anna)
    assert (version.state, version.compared["code"]) == ("challenger", "few")
    assert isinstance(artefacts.current(), Disabled)
    actions.promote(version, by=anna, now=NOON)
    assert isinstance(artefacts.current(), Loaded)


def test_noise_is_not_learnt(anna: Agent) -> None:
    made = topics()
    for seed in range(40):
        name = list(made)[seed % 3]
        corrected(about("Refund", seed), made[name])
    version = train(anna)
    assert (version.state, version.compared["code"]) == ("challenger", "baseline")


def test_the_same_again_is_no_better(anna: Agent) -> None:
    taught(12)
    champion = train(anna)
    again = train(anna)
    assert (again.state, again.compared["code"]) == ("challenger", "no_difference")
    champion.refresh_from_db()
    assert champion.state == "champion"


def test_a_better_one_takes_over(anna: Agent, models: Path) -> None:
    made = taught(14)
    labels = [str(made[name].pk) for name in made]
    poor = fit(["aaa", "bbb", "ccc"], labels)
    champion = ModelVersion.objects.create(
        state="champion",
        pipeline="light",
        file="poor.skops",
        sha256=save(poor, artefacts.path_of("poor.skops"), card={}),
        library=artefacts.library(),
        topics={label: int(label) for label in labels},
        created_at=NOON,
    )
    version = train(anna)
    assert (version.state, version.compared["code"]) == ("champion", "better")
    assert version.compared["difference"]["low"] > 0
    assert version.compared["lived"]
    champion.refresh_from_db()
    assert champion.state == "retired"


def test_one_that_cannot_be_read_is_replaced(anna: Agent) -> None:
    taught(12)
    champion = train(anna)
    artefacts.path_of(champion.file).write_bytes(b"")
    version = train(anna)
    assert (version.state, version.compared["code"]) == ("champion", "unusable")


def test_neither_side_is_asked_what_it_has_learnt() -> None:
    rows = tuple(Row(f"c{at}", f"text {at}", "1", NOON) for at in range(40))
    lessons = Lessons(rows, {}, {"1": 1})
    asked: list[str] = []

    class Spy:
        threshold = 0.5

        def read_many(self, texts: list[str]) -> list[Any]:
            from triage.learning import Reading

            asked.extend(texts)
            return [Reading("1", 0.9, 1.0, (), (), 0.0) for _ in texts]

    champion = Loaded(ModelVersion(), Spy(), {"1": 1})  # type: ignore[arg-type]
    remembered = {f"c{at}": Answer("2", 0.9, sure=True) for at in range(30)}
    given = {row.key: Answer("1", 0.9, sure=True) for row in rows}
    found = comparing.against_champion(lessons, given, champion, remembered)
    assert asked == [f"text {at}" for at in range(30, 40)]
    assert (found.mine, found.others, found.code) == (1.0, 0.25, "better")


def test_a_row_is_never_answered_by_who_learnt_it(monkeypatch: pytest.MonkeyPatch) -> None:
    taught(6)
    lessons = gather()
    learnt: list[set[str]] = []
    real = answers.learn

    def spy(rows: Any, *rest: Any) -> Any:
        learnt.append({row.text for row in rows})
        return real(rows, *rest)

    monkeypatch.setattr(answers, "learn", spy)
    real_asked = answers.asked

    def spying(model: Any, rows: Any) -> Any:
        assert not {row.text for row in rows} & learnt[-1]
        return real_asked(model, rows)

    monkeypatch.setattr(answers, "asked", spying)
    found = answers.held_out(lessons, "light", lambda share, what: None)
    assert set(found) == {row.key for row in lessons.rows}


def test_the_same_words_are_held_out_together() -> None:
    rows = [Row(f"c{at}", "The SAME  words" if at % 2 else "the same words", "1", NOON) for at in range(10)]
    rows += [Row(f"d{at}", f"other {at}", "1", NOON) for at in range(10)]
    parts = answers.folds_of(rows)
    assert len(set(parts[:10])) == 1
    assert set(answers.folds_of(rows[10:])) == {0, 1, 2, 3, 4}


def test_what_was_answered_is_remembered_without_words(anna: Agent) -> None:
    taught(4)
    version = train(anna)
    held = recall(version)
    assert len(held) == 12
    card = artefacts.path_of(f"{version.file}.json").read_text()
    assert "money back" not in card


def test_priorities_are_learnt_when_there_are_enough(anna: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    taught(2)
    version = train(anna)
    assert version.scores["priority"]["needs"]["rows"] == 100
    monkeypatch.setattr(running, "PRIORITY_ROWS", 24)
    made = topics()
    for seed in range(14):
        example(f"everything is down right now {seed}", made["Login"], priority=4)
        example(f"no hurry at all, when you have time {seed}", made["Login"], priority=1)
    version = train(anna)
    assert version.scores["priority"]["rows"] == 28
    found = artefacts.opened(version)
    assert isinstance(found, Loaded)
    assert found.priority is not None
    assert found.priority.read("everything is down").label == "urgent"


def test_a_learning_curve_comes_with_it(anna: Agent) -> None:
    taught(25)
    points = train(anna).scores["curve"]
    assert [point["rows"] for point in points] == sorted(point["rows"] for point in points)
    assert len(points) >= 3
    assert all(0 <= point["low"] <= point["accuracy"] <= point["high"] <= 1 for point in points)


# Going back, watching, forgetting


def test_going_back_is_one_verb(anna: Agent) -> None:
    taught(12)
    first = train(anna)
    second = copied(first)
    actions.promote(second, by=anna, now=NOON)
    first.refresh_from_db()
    assert (first.state, second.state) == ("retired", "champion")
    actions.promote(first, by=anna, now=NOON)
    second.refresh_from_db()
    assert (first.state, second.state, first.promoted_by) == ("champion", "retired", anna)


def test_one_that_cannot_be_read_never_decides(anna: Agent) -> None:
    taught(12)
    first = train(anna)
    second = copied(first)
    artefacts.path_of(second.file).unlink()
    with pytest.raises(actions.CannotPromote, match="is missing"):
        actions.promote(second, by=anna, now=NOON)
    first.refresh_from_db()
    assert first.state == "champion"


def test_watching_is_for_one_and_not_for_the_champion(anna: Agent) -> None:
    taught(12)
    first = train(anna)
    second, third = copied(first), copied(first)
    actions.shadow(second, by=anna, now=NOON)
    actions.shadow(third, by=anna, now=NOON)
    second.refresh_from_db()
    assert (second.state, third.state) == ("challenger", "shadow")
    actions.shadow(first, by=anna, now=NOON)
    assert first.state == "champion"
    found = artefacts.shadow()
    assert isinstance(found, Disabled)  # the champion was asked for, so nobody watches any more


def test_files_of_old_versions_go_and_their_rows_stay(anna: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.actions.learning.versions.KEPT", 1)
    taught(12)
    champion = train(anna)
    old, newer = copied(champion), copied(champion)
    assert forget_old() == 1
    assert artefacts.path_of(champion.file).exists()
    assert not artefacts.path_of(old.file).exists()
    assert artefacts.path_of(newer.file).exists()
    assert ModelVersion.objects.count() == 3
