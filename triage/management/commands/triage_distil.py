"""Make the table of word vectors of the light pipeline anew."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from triage.learning import PipelineUnavailable, encoders, static


class Command(BaseCommand):
    help = (
        "Send every word piece through MiniLM and store what comes out, reduced, as the light pipeline's word vectors."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, default=static.TABLE, help="default: where the pipeline looks for it")

    def handle(self, *, out: Path, **options: Any) -> None:
        try:
            made = static.distil(encoders.pooled, lambda share: print(f"{share:4.0%}", file=sys.stderr, flush=True))
        except PipelineUnavailable as error:
            raise CommandError(str(error), returncode=2) from error
        with out.open("wb") as file:
            np.savez_compressed(file, whole=made["whole"], scale=made["scale"])
        self.stdout.write(f"{out}: {out.stat().st_size:,} bytes")
