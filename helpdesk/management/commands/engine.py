"""`bin/manage engine postgres stop`: take an engine away from a running desk, and give it back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk import control
from helpdesk.state import State


class Command(BaseCommand):
    """Orders to the supervisor."""

    help = (
        "Stop PostgreSQL or Valkey of the running desk, or start it again. The supervisor leaves it stopped until told."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Which engine, what to do, and how."""
        parser.add_argument("engine", choices=["postgres", "valkey"])
        parser.add_argument("verb", choices=["stop", "start"])
        parser.add_argument("--mode", choices=["fast", "immediate"], default="fast", help="immediate: without goodbye")
        parser.add_argument("--empty", action="store_true", help="start without its data")

    def handle(self, *args: Any, engine: str, verb: str, mode: str, empty: bool, **options: Any) -> None:
        """Give the order and print the answer."""
        if engine == "postgres" and empty:
            raise CommandError("PostgreSQL's data is the desk itself; only valkey can start empty")
        order = control.Order(engine, verb, mode, is_empty=empty)
        try:
            self.stdout.write(control.give(State(settings.ENV.state), order))
        except control.NoAnswer as error:
            raise CommandError(str(error)) from error
