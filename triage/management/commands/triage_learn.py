"""Train the desk's model from what its people decided."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from threading import Event, Thread
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from threadpoolctl import threadpool_limits

from conversations.errors import Refusal
from triage import actions
from triage.models import Desk, TrainingRun

_BEAT = 5.0  # seconds


class Command(BaseCommand):
    help = "Train the desk's model from corrections and examples; it decides if it is better by more than chance."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Without options: ask for a training and do it here."""
        parser.add_argument("--pipeline", choices=["light", "full"], help="default: as the desk is set")
        parser.add_argument("--run", type=int, help="do a training that was asked for already")
        parser.add_argument("--watched", action="store_true", help="end as soon as standard input does")

    def handle(self, *args: Any, run: int | None, pipeline: str | None, watched: bool, **options: Any) -> None:
        """The run's row says how it went; so does the exit code."""
        os.nice(15)
        if watched:
            Thread(target=_end_with_parent, daemon=True).start()
        chosen = TrainingRun.objects.filter(pk=run).first() if run is not None else self._asked(pipeline)
        if chosen is None:
            raise CommandError(f"there is no training {run}")
        over = Event()
        try:
            with threadpool_limits(1):
                actions.run_training(chosen, timezone.now, lambda attempt: _beating(chosen.pk, attempt, over))
        finally:
            over.set()
        self._tell(chosen)

    def _asked(self, pipeline: str | None) -> TrainingRun:
        try:
            return actions.ask_training(by=None, pipeline=pipeline or Desk.current().pipeline, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal

    def _tell(self, run: TrainingRun) -> None:
        run.refresh_from_db()
        if run.state != TrainingRun.State.DONE:
            raise CommandError(f"training {run.pk}: {run.problem or run.state}")
        self.stdout.write(f"training {run.pk}: {run.version}, {run.version.state}: {run.version.why}")


def _end_with_parent() -> None:
    # Not by sys.stdin, whose lock a thread that never returns would hold at the end.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


def _beating(run: int, attempt: int, over: Event) -> None:
    """A long step says nothing for minutes, so the pulse has a thread of its own."""
    Thread(target=_pulse, args=(run, attempt, over), daemon=True).start()


def _pulse(run: int, attempt: int, over: Event) -> None:
    try:
        while not over.wait(_BEAT) and actions.beat(run, attempt, timezone.now()):
            pass
    finally:
        connection.close()
