"""How fast a real desk is, with everything it consists of, and the load client, on the same cores.

    .venv/bin/python -m bench.live            about four minutes; close what else is running
    .venv/bin/python -m bench.live --quick    shorter rounds, rougher figures
    .venv/bin/python -m bench.live --only throughput

Beside the desk, in turns within the same run, stand the chat room of the guides to Channels and Django (the tutorial)
and the least that could possibly do the job (the limit). Ratios survive a noisy machine; absolute numbers do not.
Exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import loadclient
from bench.desk import Desk, Population, free_port, temporary_state
from bench.figures import Figure, figures_table
from bench.loadclient import Measured, NoCompiler
from bench.memory import resident_kib
from bench.throughput import throughput

SETTINGS = {
    "PARLEY_MESSAGE_RATE": "1000000",  # a few clients stand for many people
    "PARLEY_CONVERSATION_RATE": "1000000",
    "PARLEY_SOCKETS_PER_ADDRESS": "20000",
    "PARLEY_LOG_LEVEL": "WARNING",
}
TEAMS, MANAGERS = 50, 50
IDLE = 5000
BUSY_CLIENT = 0.9  # of a core: beyond it the load client is what is measured


@dataclass(frozen=True)
class Bench:
    """A desk with its people, and how long to look at it."""

    desk: Desk
    population: Population
    seconds: float

    def options(self, **more: object) -> dict[str, object]:
        root = self.desk.root
        agents = loadclient.write_cookies(root / "agents.cookies", self.population.agents)
        managers = loadclient.write_cookies(root / "managers.cookies", self.population.managers)
        found = {"port": self.desk.port, "origin": self.desk.url, "sites": self.population.sites, "agents": agents}
        return {**found, "managers": managers, "warmup": 2, "seconds": self.seconds, **more}


def sockets(bench: Bench) -> list[Figure]:
    """500 conversations with both ends open, 200 messages a second."""
    found = loadclient.measure(**bench.options(rooms=500, rate=200))
    remark = _health(found)
    return [
        Figure("1,000 sockets, 200 messages/s: acknowledged, p95", found.ack.p95, "ms", 100, remark=remark),
        Figure("1,000 sockets, 200 messages/s: delivered, p95", found.delivery.p95, "ms", 150),
    ]


def idle(bench: Bench) -> list[Figure]:
    """Customers who began a conversation each and fell silent. Measured once on a desk that had few sockets before:
    memory that an earlier crowd left behind would make the next one look cheap."""
    before = _web_kib(bench.desk)
    with loadclient.holding("--started", **bench.options(visitors=IDLE)) as opened:
        time.sleep(3)
        each = (_web_kib(bench.desk) - before) / IDLE
    remark = f"opened, each with a first message, in {opened['seconds']:.0f} s"
    return [Figure(f"{IDLE:,} idle sockets: memory for each", each, "KiB", 30, remark=remark)]


def _web_kib(desk: Desk) -> float:
    return sum(resident_kib(pid) for pid in desk.web_pids())


def inbox(bench: Bench) -> list[Figure]:
    """50 agents who see everything watch the list; each message is in it for each of them."""
    found = loadclient.measure(**bench.options(rooms=100, watchers=MANAGERS, rate=200))
    if found.row is None:
        raise loadclient.LoadFailed("no row ever came")
    remark = f"{found.rows_per_watcher_second:.1f} updates/s each, {_health(found)}"
    return [Figure("50 agents watch 200 messages/s: in their list, p95", found.row.p95, "ms", 300, remark=remark)]


def _health(found: Measured) -> str:
    trouble = found.unacknowledged + found.undelivered + found.unseen + found.refused + found.closed
    busy = " (TOO BUSY)" if found.client_cpu > BUSY_CLIENT else ""
    return f"{trouble} unanswered, client {found.client_cpu:.0%} of a core{busy}"


SCENES: dict[str, Callable[[Bench], list[Figure]]] = {"idle": idle, "sockets": sockets, "inbox": inbox}


def _scenes(root: Path, names: list[str], seconds: float) -> list[Figure]:
    figures = []
    with Desk(root / "two", free_port(), web=2, env=SETTINGS) as desk:
        bench = Bench(desk, desk.populate(teams=TEAMS, managers=MANAGERS), seconds)
        for name in names:
            say(f"{name} …")
            figures += SCENES[name](bench)
    return figures


def _throughput(root: Path, seconds: float, rounds: int) -> list[Figure]:
    with Desk(root / "one", free_port(), web=1, env=SETTINGS) as desk:
        bench = Bench(desk, desk.populate(teams=TEAMS, managers=1), seconds)
        return throughput(desk, bench.options, rounds, say)


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench.live", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a third of the time")
    parser.add_argument("--only", action="append", choices=[*SCENES, "throughput"], metavar="SCENE")
    parser.add_argument("--rounds", type=int, help="of the throughput comparison (5; with --quick 3)")
    parser.add_argument("--state", type=Path, help="directory for the desks; default: a temporary one")
    parser.add_argument("--json", action="store_true", help="the figures as JSON instead of the table")
    return parser.parse_args()


def measured(given: argparse.Namespace) -> list[Figure]:
    chosen = given.only or [*SCENES, "throughput"]
    seconds, rounds = (5, 3) if given.quick else (15, 5)
    with ExitStack() as stack:
        root = stack.enter_context(temporary_state(given.state))
        figures = []
        if "throughput" in chosen:  # first, because its ratios are read first
            figures += _throughput(root, 4 if given.quick else 6, given.rounds or rounds)
        if names := [name for name in SCENES if name in chosen]:
            figures += _scenes(root, names, seconds)
    return figures


def main() -> int:
    given = arguments()
    try:
        loadclient.build()
    except NoCompiler as problem:
        print(problem, file=sys.stderr)
        return 2
    others = os.getloadavg()[0]
    figures = measured(given)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    machine += f", load average before the start {others:.1f}"
    if given.json:
        print(json.dumps({"machine": machine, "figures": [asdict(figure) for figure in figures]}, indent=1))
    else:
        print(f"\n{machine}\n\n{figures_table(figures)}")
    return 0 if all(figure.is_kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
