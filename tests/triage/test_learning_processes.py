"""A training has a process of its own, and may be killed anywhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from helpdesk.state import CHECKOUT
from tests.desk import wait_until
from tests.settings import TEST_STATE
from tests.triage.learning_desk import example, topics
from triage import actions, artefacts
from triage.models import ModelVersion, TrainingRun

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engines]


@pytest.fixture(autouse=True)
def lessons() -> None:
    made = topics()
    for name, topic in made.items():
        for seed in range(40):
            example(f"{name} {seed} {seed * 7919 % 1000} please help with {name.lower()} number {seed}", topic)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Child processes work on the tests' own database."""
    parts = settings.DATABASES["default"]
    host = settings.ENV.database_url.partition("?host=")[2].partition("&")[0]
    monkeypatch.setenv("DATABASE_URL", f"postgresql:///{parts['NAME']}?host={host}&user=parley")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    assert str(TEST_STATE.root) == os.environ["PARLEY_STATE"]
    yield
    for path in artefacts.folder().iterdir():
        path.unlink()


def test_a_process_that_is_killed_changes_nothing_and_the_next_one_finishes(here: None) -> None:
    run = actions.ask_training(by=None, pipeline="light", now=timezone.now())
    command: list[str] = [
        sys.executable,
        str(CHECKOUT / "manage.py"),
        "triage_learn",
        "--run",
        str(run.pk),
        "--watched",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_until(lambda: _stage(run) == "testing" or process.poll() is not None, what="the training to begin")
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        process.send_signal(signal.SIGKILL)
    assert not ModelVersion.objects.exists()
    assert not list(artefacts.folder().glob("*run-*"))
    TrainingRun.objects.update(beat_at=timezone.now() - timedelta(seconds=61))
    actions.revive(timezone.now())
    actions.train_apart(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts, run.problem) == ("done", 2, "")
    version = ModelVersion.objects.get()
    assert (version.state, artefacts.problem_of(version)) == ("champion", "")


def test_a_process_ends_with_its_parent(here: None) -> None:
    run = actions.ask_training(by=None, pipeline="light", now=timezone.now())
    command: list[str] = [
        sys.executable,
        str(CHECKOUT / "manage.py"),
        "triage_learn",
        "--run",
        str(run.pk),
        "--watched",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        wait_until(lambda: _stage(run) == "testing" or process.poll() is not None, what="the training to begin")
        assert process.stdin is not None
        process.stdin.close()
        wait_until(lambda: process.poll() is not None, what="the process to end")
    assert process.returncode == 1
    run.refresh_from_db()
    assert run.state == "running"  # the sweep begins it again


def _stage(run: TrainingRun) -> str:
    run.refresh_from_db()
    return run.stage
