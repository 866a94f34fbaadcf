"""`bin/manage routing_simulate`: how long people would wait, and how fair the work would be shared out."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from conversations.management.progress import Bar
from triage.policy import TeamRule
from triage.simulating import POLICIES, Arrival, Colleague, UnknownPolicy, World, generating
from triage.simulating.comparing import as_json, as_text, compare
from triage.simulating.reading import LONGEST, MOST_AGENTS, MOST_ARRIVALS, BadTable, Clock, read_arrivals, read_staff
from triage.simulating.world import DAY, PARALLEL

MOST_PER_HOUR, MOST_RUNS = 5000, 200

DESCRIPTION = """\
Play arrivals through ways of giving out work, event by event, and compare how long customers wait and how fairly the
work is shared. "ours" is the code by which the desk itself assigns. All policies obey the same limits, shifts and
languages and serve the most urgent first; they differ in whom they choose: the next in turn (round_robin), one with the
fewest open (fewest_open), or ours.

Arrivals come from a CSV file (time, priority, language, team, handling in minutes), from the desk's last month
(--from-desk), or are invented. Agents come from a CSV file (name, from, until, days, languages, capacity, teams), or
are invented. docs/triage.md describes both files and what is invented how. Only --from-desk needs the database.
"""


class Command(BaseCommand):
    """Reads or invents a world, plays it, tells."""

    help = DESCRIPTION
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--arrivals", type=Path, metavar="FILE", help="who asked when")
        source.add_argument(
            "--from-desk", action="store_true", help="what came in the desk's last month, and who was there"
        )
        source.add_argument("--days", type=float, default=generating.DAYS, help="invent so many days (7)")
        parser.add_argument(
            "--per-hour",
            type=float,
            default=generating.PER_HOUR,
            metavar="X",
            help="invented arrivals, on average (35)",
        )
        parser.add_argument("--agents", metavar="FILE|N", help="who is there, or how many to invent (20)")
        parser.add_argument("--policies", default=",".join(POLICIES), help=f"some of {','.join(POLICIES)}")
        parser.add_argument("--limit", type=int, metavar="N", help="most open conversations an agent has from one team")
        parser.add_argument("--patience", type=float, default=10, metavar="MINUTES", help="wait for a language (10)")
        parser.add_argument("--target", type=float, default=5, metavar="MINUTES", help="a longer wait is a breach (5)")
        parser.add_argument(
            "--parallel", type=float, default=PARALLEL, metavar="N", help="conversations that cost no time at once (3)"
        )
        parser.add_argument("--seed", type=int, default=0, help="of the first run (0)")
        parser.add_argument("--runs", type=int, default=5, metavar="N", help="with as many seeds (5)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _check(options)
            self._play(options)
        except (BadTable, UnknownPolicy) as problem:
            raise CommandError(str(problem), returncode=2) from None

    def _play(self, options: dict[str, Any]) -> None:
        policies = [each.strip() for each in options["policies"].split(",") if each.strip()]
        seeds = range(options["seed"], options["seed"] + options["runs"])
        bar = Bar(len(seeds) * len(policies), "plays")
        world_of = _worlds(options)
        found = compare(world_of, policies, seeds=seeds, target=options["target"], progress=bar.show)
        bar.end()
        facts = _facts(world_of(seeds[0]), options)
        if options["json"]:
            self.stdout.write(json.dumps({**facts, **as_json(found)}))
        else:
            head = "{arrivals:,} arrivals, {agents:,} agents with {hours:,.0f} hours on duty".format_map(facts)
            runs = f"mean of {found.runs} runs ± 95 %, breach above {options['target']:g} min"
            self.stdout.write(f"{head} (first run); {runs}\n\n{as_text(found)}")


def _check(options: dict[str, Any]) -> None:
    limits = (
        ("days", 0.01, LONGEST),
        ("per_hour", 0.01, MOST_PER_HOUR),
        ("target", 0, 1e6),
        ("patience", 0, 1e6),
        ("parallel", 0.1, 1000),
        ("runs", 1, MOST_RUNS),
        ("limit", 1, 1000),
    )
    for name, least, most in limits:
        if options[name] is not None and not least <= options[name] <= most:
            raise BadTable(f"--{name.replace('_', '-')} is {options[name]:g}, and may be {least:g} to {most:g}.")
    if options["days"] * 24 * options["per_hour"] > MOST_ARRIVALS:
        raise BadTable(f"--days times 24 times --per-hour may be {MOST_ARRIVALS:,} at most.")


def _worlds(options: dict[str, Any]) -> Callable[[int], World]:
    """The world of each seed: read once, or invented anew."""
    if options["from_desk"]:
        from triage import replay

        lived = replay.last_month(timezone.now())
        return lambda seed: _with(
            lived, options, _agents(options, Clock(), _span(lived.arrivals), seed) or lived.agents
        )
    clock = Clock()
    if options["arrivals"]:
        arrivals = read_arrivals(options["arrivals"], clock)
        fixed = _agents(options, clock, _span(arrivals), None)
        return lambda seed: _world(arrivals, fixed or _invented(options, arrivals, seed), options)
    fixed = _agents(options, clock, options["days"] + 1, None)

    def invent(seed: int) -> World:
        arrivals = generating.arrivals(options["days"], options["per_hour"], seed)
        return _world(arrivals, fixed or _invented(options, arrivals, seed), options)

    return invent


def _span(arrivals: Sequence[Arrival]) -> float:
    """Days until a day after the last one, so that what is left over can be served."""
    return math.ceil(arrivals[-1].at / DAY) + 1 if arrivals else 1


def _agents(options: dict[str, Any], clock: Clock, days: float, seed: int | None) -> list[Colleague] | None:
    """From the file; invented where a seed and their number are given; else None."""
    given = options["agents"]
    if given is None or (given.isdecimal() and seed is None):
        return None
    if given.isdecimal():
        return generating.staff(_count(given), days, seed or 0)
    return read_staff(Path(given), clock, math.ceil(days) * DAY)


def _invented(options: dict[str, Any], arrivals: Sequence[Arrival], seed: int) -> list[Colleague]:
    """Where the arrivals are the caller's own, every invented agent serves all of their teams."""
    staff = generating.staff(_count(options["agents"] or str(generating.AGENTS)), _span(arrivals), seed)
    return [replace(each, teams=()) for each in staff] if options["arrivals"] else staff


def _count(text: str) -> int:
    if not 1 <= int(text) <= MOST_AGENTS:
        raise BadTable(f"--agents is {text}, and may be 1 to {MOST_AGENTS}, or a file.")
    return int(text)


def _world(arrivals: Sequence[Arrival], agents: Sequence[Colleague], options: dict[str, Any]) -> World:
    rule = TeamRule(options["limit"], options["patience"] * 60)
    teams = World(arrivals, agents).teams
    return World(arrivals, agents, dict.fromkeys(teams, rule), options["parallel"])


def _with(lived: World, options: dict[str, Any], agents: Sequence[Colleague]) -> World:
    """The desk's own rules, but for a limit that is asked for."""
    world = _world(lived.arrivals, agents, options)
    return world if options["limit"] else World(lived.arrivals, agents, lived.rules, options["parallel"])


def _facts(world: World, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "arrivals": len(world.arrivals),
        "agents": len(world.agents),
        "hours": round(sum(each.hours for each in world.agents), 2),
        "target_minutes": options["target"],
    }
