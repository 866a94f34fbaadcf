"""How soon a new conversation's verdict is on an agent's screen while others write.

    .venv/bin/python -m bench.verdicts [--seconds 15] [--rate 200] [--new 10]

`rate` messages a second in all, `new` of them the first of a conversation. Measured from the moment the customer sends
until the inbox's row names a topic or a team, on the agent's own socket. The limit is a second (see docs/triage.md).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
import uuid
from typing import Any

from bench.client import Crowd
from bench.desk import Desk, Population, temporary_state
from bench.table import table
from bench.waiting import until
from conversations.replay.client import Client, Patience, Told
from conversations.replay.people import AgentClient, CustomerClient
from helpdesk.state import CHECKOUT

SET_UP = """
from django.utils import timezone
from people.models import Team
from triage import actions
from triage.models import Desk
actions.install_starter(by=None, now=timezone.now(), language="en")
Desk.objects.create(mode="on", triage_team=Team.objects.create(name="Triage"))
"""
# Everybody here has one address.
UNLIMITED = {
    "PARLEY_CONVERSATION_RATE": "1000000",
    "PARLEY_SOCKETS_PER_ADDRESS": "10000",
    "PARLEY_MESSAGE_RATE": "10000",
}
MESSAGES = (
    "Where is my parcel? It should have been here on Monday",
    "I was charged twice for the same order, please refund one of them",
    "I cannot sign in, it says that my password is wrong",
    "How do I cancel my subscription before it renews?",
    "Can I get an invoice with our VAT number for last month?",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--new", type=float, default=10)
    parser.add_argument("--port", type=int, default=8471)
    given = parser.parse_args()
    with temporary_state(None) as root, Desk(root, given.port, env=UNLIMITED) as desk:
        population = desk.populate(teams=8, managers=1)
        _triage_on(desk)
        waits = asyncio.run(_measure(desk, population, given))
    print(_report(waits, given))


def _triage_on(desk: Desk) -> None:
    env = {**os.environ, "PARLEY_STATE": str(desk.root), "PARLEY_URL": desk.url}
    for name in ("DATABASE_URL", "REDIS_URL"):
        env.pop(name, None)
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", SET_UP]
    subprocess.run(command, env=env, cwd=CHECKOUT, check=True)


async def _measure(desk: Desk, population: Population, given: argparse.Namespace) -> dict[str, float | None]:
    """Seconds until each new conversation's verdict was on screen; None where it never was."""
    crowd = Crowd.of(desk, population, 60, None)
    await crowd.gather()
    seen: dict[str, float] = {}
    watcher = _watcher(desk, population, seen)
    talking = [asyncio.create_task(watcher.run()), asyncio.create_task(crowd.talk(given.rate - given.new))]
    began: dict[str, float] = {}
    await _first(desk, population, seen, talking)
    newcomers = [_newcomer(desk, population, number) for number in range(int(given.new * given.seconds))]
    start = time.monotonic()
    for number, customer in enumerate(newcomers):
        talking.append(asyncio.create_task(customer.run()))
        await asyncio.sleep(max(0.0, start + number / given.new - time.monotonic()))
        conversation = str(uuid.uuid4())
        talking.append(asyncio.create_task(_begin(customer, conversation, MESSAGES[number % len(MESSAGES)], began)))
    await asyncio.sleep(5)
    for task in talking:
        task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)
    await crowd.disperse()
    return {key: seen[key] - at if key in seen else None for key, at in began.items()}


async def _first(desk: Desk, population: Population, seen: dict[str, float], talking: list[asyncio.Task[None]]) -> None:
    """The first verdict of all waits for the worker to load its model."""
    customer, conversation = _newcomer(desk, population, 0), str(uuid.uuid4())
    talking.append(asyncio.create_task(customer.run()))
    await _begin(customer, conversation, MESSAGES[0], {})
    await until(lambda: conversation in seen, 60)


async def _begin(customer: CustomerClient, conversation: str, body: str, began: dict[str, float]) -> None:
    await until(lambda: customer.is_up, 30, every=0.005)
    began[conversation] = time.monotonic()
    await customer.start(conversation, body)


def _watcher(desk: Desk, population: Population, seen: dict[str, float]) -> AgentClient:
    def look(_client: Client, frame: dict[str, Any]) -> None:
        if frame["type"] == "rows":
            for row in frame["rows"]:
                if row["topic"] is not None or (row["team"] or {}).get("name") == "Triage":
                    seen.setdefault(row["id"], time.monotonic())

    told = Told(part=lambda *_: None, frame=look)
    return AgentClient(desk.wire, desk.url, Patience(), told, cookie=population.managers[0])


def _newcomer(desk: Desk, population: Population, number: int) -> CustomerClient:
    told = Told(part=lambda *_: None, frame=lambda *_: None)
    site = population.sites[number % len(population.sites)]
    return CustomerClient(desk.wire, desk.url, Patience(), told, site=site)


def _report(waits: dict[str, float | None], given: argparse.Namespace) -> str:
    known = sorted(wait for wait in waits.values() if wait is not None)
    if not known:
        return "no verdict came"
    share = [f"{1000 * known[min(int(len(known) * part), len(known) - 1)]:,.0f}" for part in (0.5, 0.95, 0.99)]
    head = ["messages/s", "new conversations", "without a verdict", "p50 ms", "p95 ms", "p99 ms", "slowest ms"]
    row = [f"{given.rate:,.0f}", f"{len(waits):,}", str(len(waits) - len(known)), *share, f"{1000 * known[-1]:,.0f}"]
    return table(head, [row])


if __name__ == "__main__":
    main()
