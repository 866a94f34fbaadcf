"""`bin/manage replay FILE`: real dialogues, through real sockets, and the proof that all of it was stored."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from conversations.management.progress import Bar
from conversations.models import Touchpoint
from conversations.replay import dialogues, tables, verdict
from conversations.replay.dialogues import Reading
from conversations.replay.player import Played, Player, Stage
from conversations.replay.sessions import cookie_for
from people.models import Agent, Role

_SHOWN = 20
_MOST_AGENTS = 5

DESCRIPTION = """\
Play real customer-support dialogues against the running desk. Customers write through messenger sockets, agents
answer through inbox sockets; afterwards every stored conversation, and what both ends saw, is compared with the file:
all turns once, in order. Ends with code 1 when anything differs.

FILE is CSV, JSON Lines or Parquet with a row for each turn; columns are recognised by their names, or named with
--dialogue, --turn, --author and --text. Rows without an author are the customer's. Files whose rows hold whole
dialogues as <cust__ … __cust> <rep__ … __rep> in first_utterance and context are read too.
"""


class Command(BaseCommand):
    """Reads, plays, compares, says."""

    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--speed", type=float, default=20, help="times faster than people write (20)")
        parser.add_argument("--limit-dialogues", type=int, metavar="N", help="only the first N")
        parser.add_argument("--at-once", type=int, default=20, metavar="N", help="dialogues played side by side (20)")
        parser.add_argument("--url", help="the desk's address; default: the one that runs here")
        parser.add_argument("--site", help="key of the touchpoint; default: the first")
        parser.add_argument("--truncate", action="store_true", help="cut texts that are too long for a message")
        parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
        for column in ("dialogue", "turn", "author", "text"):
            parser.add_argument(f"--{column}", metavar="COLUMN", help=f"column that holds the {column}")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["speed"] <= 0 or options["at_once"] < 1:
            raise CommandError("--speed and --at-once must be more than 0")
        reading = self._read(options)
        stage = Stage(_url(options["url"]), _site(options["site"]), _cookies(), options["speed"], options["at_once"])
        bar = Bar(len(reading.dialogues), "dialogues")

        def show(finished: int, messages: int) -> None:
            bar.show(finished, f", {messages:,} messages, {messages / bar.seconds:,.0f}/s")

        played = uvloop.run(Player(stage, show).play(reading.dialogues))
        bar.end()
        self._tell(reading, played, bar.seconds, as_json=options["json"])

    def _read(self, options: dict[str, Any]) -> Reading:
        try:
            return dialogues.read(
                tables.rows(options["file"]),
                given={name: options[name] for name in ("dialogue", "turn", "author", "text")},
                truncate=options["truncate"],
                limit=options["limit_dialogues"],
            )
        except tables.Unreadable as problem:
            raise CommandError(str(problem)) from problem

    def _tell(self, reading: Reading, played: list[Played], seconds: float, *, as_json: bool) -> None:
        found = verdict.differences(played)
        turns = dialogues.count_turns(reading.dialogues)
        if as_json:
            facts = {"dialogues": len(played), "turns": turns, "seconds": round(seconds, 1)}
            self.stdout.write(json.dumps({**facts, "differences": [str(each) for each in found]}))
        else:
            self._print(reading, len(played), turns, seconds)
        if found:
            lines = "\n".join(str(each) for each in found[:_SHOWN])
            raise CommandError(f"{len(found)} differences between the file and the desk:\n{lines}")

    def _print(self, reading: Reading, count: int, turns: int, seconds: float) -> None:
        if reading.empty_turns:
            self.stdout.write(f"{reading.empty_turns:,} turns of the file are empty and were left out")
        if reading.agent_begins:
            self.stdout.write(f"{reading.agent_begins:,} dialogues begin with an agent and were left out")
        self.stdout.write(f"{count:,} dialogues with {turns:,} turns were played in {seconds:.1f} s")
        self.stdout.write("Compared with what is stored and with what both ends saw: all turns once, in order.")


def _url(given: str | None) -> str:
    if given:
        return given.rstrip("/")
    run = getattr(settings, "RUN", None)
    if run is None or run.kind != "desk":
        raise CommandError("The desk does not run here. Start it with bin/up, or name another with --url.")
    return f"http://127.0.0.1:{run.port}"


def _site(given: str | None) -> str:
    sites = Touchpoint.objects.filter(kind=Touchpoint.Kind.MESSENGER).order_by("pk")
    site = (sites.filter(key=given) if given else sites).first()
    if site is None:
        raise CommandError(f"There is no site {given}." if given else "The desk has no site yet.")
    return site.key


def _cookies() -> list[str]:
    """Sessions of agents who see every conversation; real ones, because they will stand as authors."""
    agents = Agent.objects.filter(is_active=True, role__in=(Role.MANAGER, Role.ADMIN)).order_by("pk")[:_MOST_AGENTS]
    if not agents:
        raise CommandError("There is no manager or admin to answer. Make one: bin/manage createsuperuser")
    return [cookie_for(agent) for agent in agents]
