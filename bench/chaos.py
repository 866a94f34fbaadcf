"""Break a real desk in every way we can think of, under load, and prove that nothing is lost.

    .venv/bin/python -m bench.chaos               all faults, about ten minutes
    .venv/bin/python -m bench.chaos --short       the hardest five, under a minute
    .venv/bin/python -m bench.chaos --only "web killed" --only herd

Customers and agents keep talking through each fault. Afterwards they fall silent, and everything that was
acknowledged must be stored once, in dense numbers, and every client must show what the database holds.
Exits with 1 when anything was lost, doubled or left unsaid.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import uvloop

from bench import checks
from bench.checks import Verdict
from bench.client import Crowd, Sent
from bench.desk import Desk, free_port, temporary_state
from bench.faultproxy import FaultProxy
from bench.faults import FAULTS, Fault, FaultFailed, Scene
from bench.slow import slow_reader
from bench.table import table

TEAMS = 20
PATIENCE = 180.0  # seconds until everybody must have everything; much, because it may be a busy machine
SETTINGS = {
    "PARLEY_CHANNEL_LAYER": "bench.dropping.DroppingLayer",  # loses nothing until it is told to
    "PARLEY_MESSAGE_RATE": "10000",  # an outage of a minute leaves a minute's messages to send at once
    "PARLEY_CONVERSATION_RATE": "1000000",
    "PARLEY_SOCKETS_PER_ADDRESS": "20000",
    "PARLEY_LOG_LEVEL": "WARNING",
}
ALL = (*FAULTS, slow_reader)


@dataclass(frozen=True)
class Outcome:
    """One line of the table."""

    fault: str
    lasted: float
    sent: int
    worst_ack: float  # seconds, of messages sent while it lasted
    converged: float  # seconds from the end of the fault until both ends had all that was sent before it
    settled: bool
    verdict: Verdict
    delivery: str  # what check_delivery says when it is not content
    remark: str
    failure: str
    target: float

    @property
    def is_clean(self) -> bool:
        return self.settled and self.verdict.is_clean and not self.delivery and not self.failure

    def cells(self) -> list[str]:
        wrong = [getattr(self.verdict, name) for name in WRONG]
        converged = f"{self.converged:.1f} s" if self.settled else "never"
        cells = [self.fault, f"{self.lasted:.1f} s", str(self.sent), f"{self.worst_ack:.1f} s", converged]
        on_time = "" if self.converged <= self.target else " !"
        return [*cells, f"≤ {self.target:.0f} s{on_time}", *map(str, wrong), self.remark]


WRONG = ("lost", "twice", "holes", "renumbered", "diverged", "stale", "unanswered")
HEAD = ("fault", "lasted", "sent", "worst ack", "converged", "target", *WRONG, "")


async def endure(scene: Scene, fault: Fault, rate: float) -> Outcome:
    """One fault, from the calm before to the comparison after."""
    crowd = scene.crowd
    start = time.monotonic()
    talking = asyncio.create_task(crowd.talk(rate))
    await asyncio.sleep(scene.seconds(3, 1))
    broken = time.monotonic()
    failure = ""
    try:
        remark = await fault.act(scene)
    except FaultFailed as problem:
        remark = failure = f"FAILED: {problem}"
    healed = time.monotonic()
    await asyncio.sleep(scene.seconds(5, 1))
    talking.cancel()
    with suppress(asyncio.CancelledError):
        await talking
    settled, verdict, delivery = await _judged(scene)
    affected = crowd.history.between(broken - 2, healed)
    return Outcome(
        fault=fault.name,
        lasted=healed - broken,
        sent=len(crowd.history.between(start, time.monotonic())),
        worst_ack=max((record.acknowledged - record.at for record in affected if record.acknowledged), default=0.0),
        converged=max((0.0, *(_arrived(record) - healed for record in affected))),
        settled=settled,
        verdict=verdict,
        delivery=delivery,
        remark=remark,
        failure=failure,
        target=fault.target,
    )


def _arrived(record: Sent) -> float:
    return max(record.acknowledged, record.delivered)


async def _judged(scene: Scene) -> tuple[bool, Verdict, str]:
    """Compare once everybody believes to have everything, and again while parts are still on their way."""
    deadline = time.monotonic() + PATIENCE
    while True:
        settled = await scene.crowd.settle(max(0.0, deadline - time.monotonic()))
        stored = await asyncio.to_thread(checks.read_parts, scene.desk)
        verdict = checks.judge(scene.crowd, stored)
        if verdict.is_clean or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.25)
    if scene.hurried:
        return settled, verdict, ""
    checked = await asyncio.to_thread(checks.check_delivery, scene.desk)
    return settled, verdict, "" if checked.returncode == 0 else checked.stdout + checked.stderr


async def run(desk: Desk, faults: Sequence[Fault], *, pairs: int, rate: float, hurried: bool) -> list[Outcome]:
    population = await asyncio.to_thread(lambda: desk.populate(teams=TEAMS, managers=1))
    proxy = FaultProxy(desk.port)
    port = await proxy.start()
    crowd = Crowd.of(desk, population, pairs, f"ws://127.0.0.1:{port}")
    outcomes = []
    try:
        await crowd.gather()
        say(f"{2 * pairs} sockets are open")
        for fault in faults:
            outcome = await endure(Scene(desk, crowd, proxy, hurried), fault, rate)
            outcomes.append(outcome)
            say(f"{fault.name}: {'nothing lost' if outcome.is_clean else 'FAILED'} {outcome.remark}".rstrip())
        if hurried:
            await _check_at_the_end(desk, outcomes)
    finally:
        await crowd.disperse()
        await proxy.close()
    return outcomes


async def _check_at_the_end(desk: Desk, outcomes: list[Outcome]) -> None:
    """`--short` asks the desk's own check once instead of after each fault."""
    checked = await asyncio.to_thread(checks.check_delivery, desk)
    if checked.returncode != 0:
        last = outcomes[-1]
        outcomes[-1] = Outcome(**{**vars(last), "delivery": checked.stdout + checked.stderr})


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench.chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="the hardest five, in a hurry")
    parser.add_argument("--only", action="append", choices=[fault.name for fault in ALL], metavar="NAME")
    parser.add_argument("--pairs", type=int, default=200, help="conversations with a customer and an agent each (200)")
    parser.add_argument("--rate", type=float, default=200, help="messages a second, all together (200)")
    parser.add_argument("--state", type=Path, help="directory for the desk; default: a temporary one")
    parser.add_argument("--json", action="store_true", help="the outcomes as JSON instead of the table")
    return parser.parse_args(given)


def chosen(given: argparse.Namespace) -> list[Fault]:
    if given.only:
        return [fault for fault in ALL if fault.name in given.only]
    return [fault for fault in ALL if fault.is_short or not given.short]


def main() -> int:
    given = arguments()
    start = time.monotonic()
    with temporary_state(given.state) as root, Desk(root, free_port(), web=2, env=SETTINGS) as desk:
        say(f"the desk is open after {time.monotonic() - start:.1f} s")
        outcomes = uvloop.run(run(desk, chosen(given), pairs=given.pairs, rate=given.rate, hurried=given.short))
    if given.json:
        print(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
    else:
        print(table(HEAD, [outcome.cells() for outcome in outcomes]))
    for outcome in outcomes:
        if outcome.delivery:
            print(f"\nafter {outcome.fault}:\n{outcome.delivery}")
    say(f"done in {time.monotonic() - start:.0f} s")
    return 0 if all(outcome.is_clean for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
