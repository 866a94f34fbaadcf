"""Tokens for programs that act for an agent."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from people import actions
from people.errors import Refused
from people.models import Agent, ApiToken


class Command(BaseCommand):
    """`api_token --email ada@example.org --name sync`, `--list`, `--revoke 3`."""

    help = "Make a token for the REST API, list those there are, or revoke one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", help="the agent it acts for")
        parser.add_argument("--name", default="", help="what uses it")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default=ApiToken.Scope.READ)
        parser.add_argument("--days", type=int, default=30, help=f"how long it lives, at most {actions.MAX_DAYS}")
        parser.add_argument("--list", action="store_true", help="show all tokens")
        parser.add_argument("--revoke", type=int, metavar="ID", help="end one")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self._list()
        elif options["revoke"] is not None:
            self._revoke(options["revoke"])
        else:
            self._create(options)

    def _create(self, options: dict[str, Any]) -> None:
        agent = Agent.objects.filter(email__iexact=options["email"] or "", is_active=True).first()
        if agent is None:
            raise CommandError("Name an agent who is there: --email ada@example.org")
        scope = ApiToken.Scope(options["scope"])
        try:
            token, secret = actions.create_token(
                agent, name=options["name"], scope=scope, days=options["days"], now=timezone.now()
            )
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        self.stderr.write(f"Token {token.pk}, until {token.expires_at:%Y-%m-%d}. It is shown this once:")
        self.stdout.write(secret)

    def _list(self) -> None:
        for token in ApiToken.objects.select_related("agent"):
            used = f"{token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never"
            self.stdout.write(
                f"{token.pk}\t{token.name}\t{token.agent.email}\t{token.scope}"
                f"\tuntil {token.expires_at:%Y-%m-%d}\tused {used}"
            )

    def _revoke(self, key: int) -> None:
        token = ApiToken.objects.filter(pk=key).first()
        if token is None:
            raise CommandError(f"There is no token {key}; see --list.")
        actions.revoke_token(token)
        self.stdout.write(f"Token {key} opens nothing any more.")
