"""Make the models that come with Parley anew."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from triage.starter.building import ARTEFACTS, build
from triage.starter.tables import SourceMissing


class Command(BaseCommand):
    help = "Make the starter models from the starter taxonomy and the public sets under a directory."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the sets are, and where the models go."""
        parser.add_argument("--data", type=Path, required=True, help="directory with a folder for each public set")
        parser.add_argument("--out", type=Path, default=ARTEFACTS, help="where the models are written")
        parser.add_argument("--date", type=date.fromisoformat, help="day that the cards bear, YYYY-MM-DD; else today")

    def handle(self, *args: Any, **options: Any) -> None:
        """Progress goes to stderr; stdout gets one JSON object with the sha256 of each model."""
        today = options["date"] or datetime.now(UTC).date()
        try:
            made = build(options["data"], options["out"], today=today, progress=self._tell)
        except SourceMissing as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(json.dumps(made))

    def _tell(self, share: float, what: str) -> None:
        self.stderr.write(f"{share:4.0%}  {what}", self.style.NOTICE)
