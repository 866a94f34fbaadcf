"""Trainings are asked for, watched, stopped, and found when they died."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from people.models import Agent, Role
from tests.conversations import desk
from tests.triage.learning_desk import (
    NOON,
    taught,
    ticking,
    train,
)
from triage import actions, artefacts
from triage.actions.learning import running
from triage.artefacts import Loaded
from triage.errors import ManagersOnly
from triage.models import ModelVersion, TrainingRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("models")]


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
