"""How good the shipped pipeline is on any labelled files."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from triage.learning.kinds import NotEnoughData
from triage.learning.tables import read_table
from triage.learning.trials import Labelled, Trial, labelled


class Command(BaseCommand):
    help = (
        "Learn from --train, answer --test, and print how well that went: accuracy, calibration, speed. Reads CSV, "
        "JSON lines and Parquet; needs no database. Progress goes to standard error."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--train", type=Path, nargs="+", action="extend", required=True, metavar="FILE")
        parser.add_argument("--test", type=Path, nargs="+", action="extend", required=True, metavar="FILE")
        parser.add_argument("--text", required=True, metavar="COL[,COL]", help="columns that make up the text")
        parser.add_argument("--label", required=True, metavar="COL")
        parser.add_argument("--task", choices=("topic", "priority"), default="topic")
        parser.add_argument("--order", metavar="LOW,…,HIGH", help="ordinal labels; makes qwk be counted")
        parser.add_argument("--oos", metavar="LABEL", help="label of texts about no topic: never learnt, to be found")
        parser.add_argument("--shots", type=int, metavar="N", help="learn from so many examples of each label")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--pipeline", choices=("light", "full"), default="light")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        try:
            scores = _trial(options).run(tell)
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        except KeyboardInterrupt:
            raise CommandError("stopped", returncode=130) from None
        if options["json"]:
            self.stdout.write(json.dumps(scores))
        else:
            self.stdout.write("\n".join(f"{name:28} {value:,.4g}" for name, value in scores.items()))


def tell(share: float, what: str) -> None:
    """Progress, on standard error."""
    print(f"{share:4.0%}  {what}", file=sys.stderr, flush=True)


def _trial(options: dict[str, Any]) -> Trial:
    if options["shots"] is not None and options["shots"] < 1:
        raise ValueError("--shots must be 1 or more")
    text = [name.strip() for name in options["text"].split(",")]
    train, test = (
        labelled([read_table(path) for path in options[which]], text, options["label"]) for which in ("train", "test")
    )
    order = _order(options, [train, test])
    return Trial(train, test, options["pipeline"], order, options["oos"], options["shots"], options["seed"])


def _order(options: dict[str, Any], parts: list[Labelled]) -> tuple[str, ...] | None:
    used = sorted({label for part in parts for label in part.labels} - {options["oos"]})
    if options["order"]:
        order = tuple(name.strip() for name in options["order"].split(","))
        foreign = [label for label in used if label not in order]
        if foreign:
            column, given = options["label"], options["order"]
            raise ValueError(f"column {column!r} has the value {foreign[0]!r}, which is not in --order {given}")
        if len(set(order)) < len(order):
            raise ValueError("--order names a label twice")
        return order
    if options["task"] == "topic":
        return None
    try:
        return tuple(sorted(used, key=float))
    except ValueError:
        raise NotEnoughData("--task priority needs --order LOW,…,HIGH where labels are not numbers") from None
