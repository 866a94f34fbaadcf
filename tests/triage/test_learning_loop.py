"""What people decide becomes training data, training makes a challenger, and the better one decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from conversations import actions as talk
from conversations.models import Conversation, Part
from people.models import Agent, Role
from tests.conversations import desk
from tests.triage.learning_desk import NOON, about, copied, corrected, example, manager, sentence, taught, topics
from triage import actions, artefacts
from triage.actions.learning import answers, asking, comparing, running
from triage.actions.learning.answers import Answer
from triage.actions.learning.lessons import Lessons, Row, gather
from triage.actions.learning.remembering import recall
from triage.actions.learning.versions import forget_old
from triage.artefacts import Disabled, Loaded
from triage.errors import ManagersOnly
from triage.learning import fit, save
from triage.models import Desk, ModelVersion, TopicProfile, TrainingRun

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def models(tmp_path: Path, settings: Settings) -> Path:
    settings.MODELS_ROOT = tmp_path / "models"
    artefacts._kept.clear()
    return tmp_path / "models"


@pytest.fixture
def anna() -> Agent:
    return manager()


def ticking() -> Callable[[], datetime]:
    """A clock that goes on by a second whenever it is read."""
    moments = (NOON + timedelta(days=1, seconds=at) for at in range(1_000_000))
    return lambda: next(moments)


def train(by: Agent | None = None, now: datetime = NOON) -> ModelVersion:
    run = actions.ask_training(by=by, pipeline="light", now=now)
    version = actions.run_training(run, ticking())
    assert version is not None, TrainingRun.objects.get(pk=run.pk).problem
    return version


# What is learnt from


def test_corrections_are_read_where_they_were_written() -> None:
    refund = topics()["Refund"]
    where = about("Refund", 1)
    corrected(where, refund)
    (row,) = gather().rows
    assert (row.key, row.text, row.label) == (f"c{where.pk}", sentence("Refund", 1), str(refund.pk))
    talk.redact(Part.objects.get(conversation=where, kind="message"), by=manager(), now=NOON)
    assert gather().rows == ()


def test_erased_customers_are_not_learnt_from() -> None:
    where = about("Refund", 1)
    corrected(where, topics()["Refund"])
    talk.erase_customer(where.customer, by=manager(), now=NOON)
    assert gather().rows == ()


def test_a_closed_conversation_nobody_corrected_is_no_example(anna: Agent) -> None:
    topics()
    where = about("Refund", 1)
    talk.close(where, by=anna, now=NOON)
    assert gather().rows == ()


def test_only_the_last_word_counts() -> None:
    made = topics()
    where = about("Refund", 1)
    corrected(where, made["Login"], is_last=False)
    corrected(where, made["Refund"], at=NOON + timedelta(hours=1))
    assert [row.label for row in gather().rows] == [str(made["Refund"].pk)]


def test_taking_the_topic_away_says_none_of_these(anna: Agent) -> None:
    made = topics()
    where = about("Refund", 1)
    talk.set_topic(where, made["Refund"], by=anna, now=NOON)
    talk.set_topic(where, None, by=anna, now=NOON)
    actions.hear_now(where)
    assert [row.label for row in gather().rows] == [None]


def test_a_topic_that_was_deleted_leaves_no_false_example(anna: Agent) -> None:
    made = topics()
    where = about("Refund", 1)
    talk.set_topic(where, made["Refund"], by=anna, now=NOON)
    actions.hear_now(where)
    made["Refund"].delete()
    assert gather().rows == ()


def test_examples_count_and_topics_that_are_off_do_not() -> None:
    made = topics()
    example("where is my money", made["Refund"])
    example("sing me a song", None)
    example("I cannot sign in", made["Login"])
    TopicProfile.objects.create(topic=made["Login"], is_active=False)
    lessons = gather()
    assert {(row.text, row.label) for row in lessons.rows} == {
        ("where is my money", str(made["Refund"].pk)),
        ("sing me a song", None),
    }
    assert str(made["Login"].pk) not in lessons.descriptions
    reference = lessons.reference()
    assert (reference["examples"], reference["none_of_these"], reference["corrections"]) == (2, 1, 0)


def test_lessons_are_the_newest_of_each_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.actions.learning.lessons.MOST_PER_LABEL", 2)
    made = topics()
    for at in range(4):
        example(f"refund {at}", made["Refund"], created_at=NOON + timedelta(hours=at))
    assert [row.text for row in gather().rows] == ["refund 3", "refund 2"]


def test_the_digest_tells_whether_anything_is_new() -> None:
    made = topics()
    before = gather().digest()
    example("where is my money", made["Refund"])
    after = gather().digest()
    assert before != after
    assert gather().digest() == after


# Asking, stopping, dying


def test_one_training_at_a_time_and_the_refusal_names_it(anna: Agent) -> None:
    run = actions.ask_training(by=anna, pipeline="light", now=NOON)
    with pytest.raises(actions.AlreadyTraining, match=str(run.pk)):
        actions.ask_training(by=anna, pipeline="light", now=NOON)


@pytest.mark.parametrize(
    "verb",
    [
        lambda who: actions.ask_training(by=who, pipeline="light", now=NOON),
        lambda who: actions.cancel(TrainingRun.objects.create(created_at=NOON), by=who, now=NOON),
        lambda who: actions.promote(ModelVersion(), by=who, now=NOON),
        lambda who: actions.shadow(ModelVersion(), by=who, now=NOON),
        lambda who: actions.retire(ModelVersion(), by=who, now=NOON),
    ],
)
def test_agents_may_not(verb: Callable[[Agent], object]) -> None:
    with pytest.raises(ManagersOnly):
        verb(desk.agent("Cara", role=Role.AGENT))


def test_too_little_says_what_is_missing(anna: Agent) -> None:
    run = actions.ask_training(by=anna, pipeline="light", now=NOON)
    assert actions.run_training(run, ticking()) is None
    run.refresh_from_db()
    assert (run.state, run.is_over) == ("failed", True)
    assert "needs at least 2 topics" in run.problem


def test_a_queued_training_is_stopped_at_once(anna: Agent) -> None:
    run = actions.ask_training(by=anna, pipeline="light", now=NOON)
    actions.cancel(run, by=anna, now=NOON)
    assert run.state == "cancelled"
    assert actions.run_training(run, ticking()) is None
    assert not ModelVersion.objects.exists()


def test_a_running_one_stops_at_its_next_step(anna: Agent, models: Path) -> None:
    taught(6)
    run = actions.ask_training(by=anna, pipeline="light", now=NOON)
    clock = ticking()

    def began(_attempt: int) -> None:
        actions.cancel(run, by=anna, now=NOON)

    assert actions.run_training(run, clock, began) is None
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert not ModelVersion.objects.exists()
    assert not list(models.glob("*"))


def test_progress_is_told_while_it_works(anna: Agent) -> None:
    taught(6)
    run = actions.ask_training(by=anna, pipeline="light", now=NOON)
    seen: list[tuple[str, float]] = []

    def clock() -> datetime:
        row = TrainingRun.objects.get(pk=run.pk)
        seen.append((row.stage, row.progress))
        return NOON + timedelta(seconds=len(seen))

    actions.run_training(run, clock)
    assert {"reading", "testing", "learning", "comparing", "storing"} <= {stage for stage, _ in seen}
    shares = [share for _, share in seen]
    assert shares == sorted(shares)
    run.refresh_from_db()
    assert (run.state, run.progress) == ("done", 1.0)


@pytest.fixture
def rung() -> Iterator[list[int]]:
    """Trainings that were rung for."""
    from triage.signals import training_asked

    heard: list[int] = []

    def listen(sender: object, *, run: int, **_: object) -> None:
        heard.append(run)

    training_asked.connect(listen)
    yield heard
    training_asked.disconnect(listen)


def test_a_dead_training_is_begun_again_and_given_up_after_three(
    anna: Agent, rung: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    run = actions.ask_training(by=anna, pipeline="light", now=NOON)
    for attempt in (1, 2, 3):
        assert running._begin(run, NOON) == attempt
        actions.revive(NOON + timedelta(seconds=59))
        run.refresh_from_db()
        assert run.state == "running"
        with django_capture_on_commit_callbacks(execute=True):
            actions.revive(NOON + timedelta(seconds=61))
        run.refresh_from_db()
        assert run.state == ("queued" if attempt < 3 else "failed")
    assert rung == [run.pk, run.pk]
    assert "3 times" in run.problem


def test_a_ring_that_was_lost_is_rung_again(
    anna: Agent, rung: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    run = actions.ask_training(by=anna, pipeline="light", now=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        actions.revive(NOON + timedelta(seconds=14))
    assert rung == []
    with django_capture_on_commit_callbacks(execute=True):
        actions.revive(NOON + timedelta(seconds=16))
    assert rung == [run.pk]


def test_who_was_taken_for_dead_changes_nothing(anna: Agent) -> None:
    taught(6)
    run = actions.ask_training(by=anna, pipeline="light", now=NOON)

    def began(_attempt: int) -> None:
        TrainingRun.objects.filter(pk=run.pk).update(attempts=2)  # the sweep gave it to somebody else

    assert actions.run_training(run, ticking(), began) is None
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("running", 2)
    assert not ModelVersion.objects.exists()
    assert not actions.beat(run.pk, 1, NOON)
    assert actions.beat(run.pk, 2, NOON)


def test_a_failure_at_the_last_moment_leaves_the_champion(anna: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    taught(12)
    champion = train(anna)
    assert champion.state == "champion"

    def broken(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(running, "remember", broken)
    run = actions.ask_training(by=anna, pipeline="light", now=NOON)
    assert actions.run_training(run, ticking()) is None
    run.refresh_from_db()
    assert (run.state, run.problem) == ("failed", "OSError: disk full")
    found = artefacts.current()
    assert isinstance(found, Loaded)
    assert found.version == champion


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


# At night


def test_at_night_only_what_is_new_is_learnt(anna: Agent) -> None:
    assert actions.ask_nightly(NOON) is None  # nothing at all
    taught(12)
    run = actions.ask_nightly(NOON)
    assert run is not None
    assert actions.ask_nightly(NOON) is None  # it is at work
    actions.run_training(run, ticking())
    assert actions.ask_nightly(NOON) is None  # nothing new
    corrected(about("Login", 99), topics()["Login"])
    Desk.objects.create(pk=1, retrains=False)
    assert actions.ask_nightly(NOON) is None
    Desk.objects.update(retrains=True)
    assert actions.ask_nightly(NOON) is not None


def test_stale_is_longer_than_a_pulse() -> None:
    from triage.management.commands import triage_learn

    assert asking.STALE.total_seconds() > triage_learn._BEAT * 3


def test_conversations_are_what_is_named(anna: Agent) -> None:
    taught(4)
    keys = {int(row.key[1:]) for row in gather().rows}
    assert keys == set(Conversation.objects.values_list("pk", flat=True))
