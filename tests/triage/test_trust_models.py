"""The page of versions: what it tells, and one click for everything that can be done."""

from __future__ import annotations

import pytest
from django.test import Client

from people.models import Agent
from tests.triage.learning_desk import NOON, copied, taught, train
from triage import actions, artefacts
from triage.actions.learning.running import run_training
from triage.models import Desk, TrainingRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("models")]


def text_of(browser: Client, address: str = "/triage/models/") -> str:
    return browser.get(address).content.decode()


def test_without_a_model_it_says_what_to_do(browser: Client) -> None:
    assert "No model yet" in text_of(browser)


def test_a_version_tells_scores_reason_and_data(browser: Client) -> None:
    taught(12)
    version = train()
    text = text_of(browser)
    assert "The first model; better than always saying the commonest topic." in text
    assert "Learnt from 36 corrections, 0 confirmations and 0 examples of 3 topics." in text
    assert "0 of 100 that people set" in text
    assert f"{round(100 * version.scores['accuracy'])} %" in text
    assert version.sha256 in text


def test_one_click_changes_who_decides(browser: Client, anna: Agent) -> None:
    taught(12)
    first = train()
    second = copied(first)
    for address, changed, state in (
        ("watching", second, "shadow"),
        ("promotion", second, "champion"),
        ("promotion", first, "champion"),
        ("retirement", first, "retired"),
    ):
        answer = browser.post(f"/triage/models/{changed.pk}/{address}/", follow=True)
        assert answer.status_code == 200
        changed.refresh_from_db()
        assert changed.state == state
        assert f"Version {changed.pk}" in answer.content.decode()
    second.refresh_from_db()
    assert (second.state, first.promoted_by) == ("retired", anna)
    assert browser.get(f"/triage/models/{first.pk}/promotion/").status_code == 405
    assert browser.post("/triage/models/999999/promotion/").status_code == 404


def test_a_model_without_a_file_cannot_be_chosen_and_says_why(browser: Client) -> None:
    taught(12)
    first = train()
    second = copied(first)
    artefacts.path_of(second.file).unlink()
    text = browser.post(f"/triage/models/{second.pk}/promotion/", follow=True).content.decode()
    assert "This model cannot be used: the model file" in text
    Desk.objects.create(pk=1, mode="on")
    artefacts.path_of(first.file).write_bytes(b"x")
    assert "Triage is out of action: the model file" in text_of(browser)


def test_training_is_asked_for_watched_and_stopped(browser: Client) -> None:
    assert 'hx-trigger="every 2s"' not in text_of(browser)
    browser.post("/triage/models/training/", {"pipeline": "light"})
    run = TrainingRun.objects.get()
    assert 'hx-trigger="every 2s"' in text_of(browser)
    TrainingRun.objects.update(state="running", stage="testing", progress=0.42)
    text = text_of(browser, "/triage/models/training/")
    assert "Testing on what it has not learnt" in text
    assert "42 %" in text
    again = browser.post("/triage/models/training/", {"pipeline": "light"}, follow=True).content.decode()
    assert f"Training {run.pk} is still at work" in again
    browser.post(f"/triage/models/training/{run.pk}/cancellation/")
    run.refresh_from_db()
    assert run.cancel_asked
    TrainingRun.objects.update(state="cancelled")
    assert 'hx-trigger="every 2s"' not in text_of(browser, "/triage/models/training/")


def test_what_came_to_nothing_says_why(browser: Client) -> None:
    run = actions.ask_training(by=None, pipeline="light", now=NOON)
    run_training(run, lambda: NOON)
    assert "needs at least 2 topics" in text_of(browser)


def test_there_are_two_pipelines(browser: Client) -> None:
    assert browser.post("/triage/models/training/", {"pipeline": "magic"}).status_code == 404
    assert not TrainingRun.objects.exists()
