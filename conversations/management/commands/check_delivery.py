"""`bin/manage check_delivery`: does everything stored keep the promises of delivery?"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from conversations.reports import delivery
from conversations.reports.delivery import Finding


class Command(BaseCommand):
    """Prints a line for each promise; ends with code 1 when one is broken."""

    help = (
        "Check that parts are numbered without holes, stored once and served by the outbox. Reads one snapshot, so it "
        "may run on a busy desk. Ends with code 1 when a promise is broken."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--wait", type=float, default=0, metavar="SECONDS", help="first wait until the outbox is empty"
        )
        parser.add_argument("--json", action="store_true", help="print findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        left = self._wait(options["wait"])
        findings = delivery.check(timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(each) for each in findings]))
        else:
            self._print(findings)
        if left:
            raise CommandError(f"{left} rows of the outbox still wait; does the worker run?")
        if any(each.count for each in findings):
            raise CommandError("The delivery promises do not hold.")

    def _wait(self, seconds: float) -> int:
        """Rows that are still there after waiting for none to be."""
        deadline = time.monotonic() + seconds
        while seconds and (left := delivery.waiting()):
            if time.monotonic() > deadline:
                return left
            time.sleep(0.2)
        return 0

    def _print(self, findings: Sequence[Finding]) -> None:
        width = max(len(each.promise.name) for each in findings)
        for each in findings:
            verdict = f"BROKEN {each.count:,} times" if each.count else "holds"
            self.stdout.write(f"{each.promise.name:<{width}}  {verdict:<16}  {each.promise.about}")
            for example in each.examples:
                self.stdout.write(f"{'':<{width}}    {example}")


def _as_json(finding: Finding) -> dict[str, Any]:
    return {"promise": finding.promise.name, "breaches": finding.count, "examples": list(finding.examples)}
