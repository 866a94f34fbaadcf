"""What workers do when they are rung, and what they look for when nobody rang."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from triage import actions
from triage.models import Import


@shared_task(name="triage.look")
def look() -> None:
    """Read what waits to be read, and give work to whoever has room."""
    actions.decide_waiting(timezone.now)
    actions.drain(timezone.now())


@shared_task(name="triage.sweep")
def sweep() -> None:
    """Find what was missed or has come due."""
    actions.sweep(timezone.now)


@shared_task(name="triage.train")
def train(run: int) -> None:
    """Do a training that was asked for, in a process of its own."""
    actions.train_apart(run)


@shared_task(name="triage.read_file")
def read_file(batch: int) -> None:
    """Take past messages from a file."""
    actions.run_import(Import.objects.get(pk=batch), timezone.now)


@shared_task(name="triage.learn_nightly")
def learn_nightly() -> None:
    """Learn what is new since the last model."""
    actions.ask_nightly(timezone.now())


@shared_task(name="triage.sweep_learning")
def sweep_learning() -> None:
    """Find trainings and files whose process has died; they are looked after while triage is off, too."""
    actions.revive(timezone.now())
    actions.revive_imports(timezone.now())
