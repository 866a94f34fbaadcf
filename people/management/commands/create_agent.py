"""Give somebody who answers a way in."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from people import actions
from people.errors import Refused
from people.models import Role


class Command(BaseCommand):
    """`create_agent --email ada@example.org --name "Ada King" --role admin`."""

    help = "Create an agent. The password is asked for, or read from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", choices=Role.values, default=Role.AGENT)
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else getpass()
        try:
            agent = actions.create_agent(
                options["email"], name=options["name"], role=Role(options["role"]), password=password
            )
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"{agent.email} can sign in.")
