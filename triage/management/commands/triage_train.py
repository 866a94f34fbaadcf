"""Train a model from files of labelled messages."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from triage.learning.files import Job, Outcome, train


class Command(BaseCommand):
    help = (
        "Learn topics (and, with --priority, priorities) from CSV, JSON lines or Parquet; report how well that went; "
        "keep the model only if it is better than the one at --out by more than luck. Needs no database. "
        "Ctrl-C leaves everything as it was."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, nargs="+", action="extend", required=True, metavar="FILE")
        parser.add_argument("--text", default="text", metavar="COL[,COL]", help="columns that make up the text")
        parser.add_argument("--label", default="label", metavar="COL", help="column of the topic")
        parser.add_argument("--priority", metavar="COL", help="column of the priority; makes a second model")
        parser.add_argument("--order", default="low,normal,high,urgent", metavar="LOW,…,HIGH", help="its values")
        parser.add_argument("--none", metavar="LABEL", help="the topic that stands for none of these")
        parser.add_argument("--pipeline", choices=("light", "full"), default="light")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--out", type=Path, metavar="PATH", help="default: topics.skops among the desk's models")
        parser.add_argument("--force", action="store_true", help="keep the new model even if it is no better")

    def handle(self, **options: Any) -> None:
        out = options["out"] or Path(settings.MODELS_ROOT) / "topics.skops"
        text = tuple(name.strip() for name in options["text"].split(","))
        shared = {"data": tuple(options["data"]), "text": text, "pipeline": options["pipeline"]}
        shared |= {"seed": options["seed"], "force": options["force"], "made": datetime.now(UTC).isoformat()}
        jobs = [Job(label=options["label"], none=options["none"], out=out, order=None, **shared)]
        if options["priority"]:
            order = tuple(name.strip() for name in options["order"].split(","))
            path = out.with_name(f"{out.stem}.priority{out.suffix}")
            jobs.append(Job(label=options["priority"], none=None, out=path, order=order, **shared))
        for job in jobs:
            self._told(job, _outcome(job))

    def _told(self, job: Job, outcome: Outcome) -> None:
        self.stdout.write(f"{job.label}\n\n{outcome.report}\n")
        self.stdout.write(f"{'Kept' if outcome.kept else 'Not kept'}: {outcome.why}\n")


def _outcome(job: Job) -> Outcome:
    try:
        return train(job, tell)
    except ValueError as error:
        raise CommandError(str(error), returncode=2) from error
    except OSError as error:
        raise CommandError(f"{job.out} cannot be written: {error.strerror}", returncode=2) from error
    except KeyboardInterrupt:
        raise CommandError("stopped; nothing was changed", returncode=130) from None


def tell(share: float, what: str) -> None:
    """Progress, on standard error."""
    print(f"{share:4.0%}  {what}", file=sys.stderr, flush=True)
