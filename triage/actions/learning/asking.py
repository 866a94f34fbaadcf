"""Asking for a training, stopping one, and finding those that died."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations.errors import Refusal
from people.models import Agent
from triage.actions.learning.lessons import gather
from triage.errors import ManagersOnly
from triage.models import Desk, ModelVersion, TrainingRun
from triage.signals import training_asked

STALE = timedelta(seconds=60)  # without a beat, after which a run counts as dead
UNHEARD = timedelta(seconds=15)  # after which a run that nobody began is rung for again
MOST_ATTEMPTS = 3


class AlreadyTraining(Refusal):
    """One at a time: a second would learn the same from the same."""

    code = "already_training"
    status = 409

    def __init__(self, run: TrainingRun | None) -> None:
        number = run.pk if run else "?"
        super().__init__(format_lazy(_("Training {number} is still at work; wait for it or stop it."), number=number))
        self.run = run


def ask_training(*, by: Agent | None, pipeline: str, now: datetime) -> TrainingRun:
    """Have a model trained; a worker does it.

    Raises:
        ManagersOnly, AlreadyTraining: as they say.
    """
    if by is not None and not by.sees_everything:
        raise ManagersOnly
    try:
        with transaction.atomic():
            run = TrainingRun.objects.create(pipeline=pipeline, asked_by=by, created_at=now)
    except IntegrityError:
        raise AlreadyTraining(_going()) from None
    _ring(run.pk)
    return run


def ask_nightly(now: datetime) -> TrainingRun | None:
    """Have a model trained if the desk wants that and has learnt something since the last one."""
    desk = Desk.current()
    if not desk.retrains or _going() is not None:
        return None
    lessons = gather()
    last = ModelVersion.objects.exclude(reference__digest=None).first()
    if not lessons.rows or (last is not None and last.reference["digest"] == lessons.digest()):
        return None
    return ask_training(by=None, pipeline=desk.pipeline, now=now)


def cancel(run: TrainingRun, *, by: Agent, now: datetime) -> None:
    """Stop it: at once if nobody has begun, else at its next step. What is over stays as it is."""
    if not by.sees_everything:
        raise ManagersOnly
    queued = TrainingRun.objects.filter(pk=run.pk, state=TrainingRun.State.QUEUED)
    if not queued.update(state=TrainingRun.State.CANCELLED, cancel_asked=True, ended_at=now):
        TrainingRun.objects.filter(pk=run.pk, state=TrainingRun.State.RUNNING).update(cancel_asked=True)
    run.refresh_from_db()


def revive(now: datetime) -> None:
    """Ring again for a run that nobody began, and begin one again whose process has died; three times, then it has
    failed."""
    run = _going()
    if run is None:
        return
    if run.state == TrainingRun.State.QUEUED:
        if now - run.created_at > UNHEARD:
            _ring(run.pk)
        return
    if now - (run.beat_at or run.started_at or run.created_at) <= STALE:
        return
    same = TrainingRun.objects.filter(pk=run.pk, state=TrainingRun.State.RUNNING, attempts=run.attempts)
    if run.cancel_asked:
        same.update(state=TrainingRun.State.CANCELLED, ended_at=now)
    elif run.attempts >= MOST_ATTEMPTS:
        problem = f"its process ended without a word {run.attempts} times; is there enough memory?"
        same.update(state=TrainingRun.State.FAILED, problem=problem, ended_at=now)
    elif same.update(state=TrainingRun.State.QUEUED):
        _ring(run.pk)


def _going() -> TrainingRun | None:
    return TrainingRun.objects.filter(state__in=(TrainingRun.State.QUEUED, TrainingRun.State.RUNNING)).first()


def _ring(run: int) -> None:
    transaction.on_commit(lambda: training_asked.send_robust(sender=TrainingRun, run=run))
