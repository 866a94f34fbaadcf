"""The most messages a second that one web process takes the whole way, beside the tutorial and the limit."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg

from bench import loadclient, peers
from bench.desk import Desk
from bench.figures import Figure, middle
from bench.loadclient import Measured

LADDER = (64, 128, 256, 512, 1024)  # messages on their way at once; each application gets the number that suits it best
WITHIN = 250.0  # ms, p95
ROOMS = 64
APPLICATIONS = ("desk", *peers.NAMES)
SURE = 2000  # messages a second, in an open loop

Options = Callable[..., dict[str, object]]
Say = Callable[[str], None]


def throughput(desk: Desk, options: Options, rounds: int, say: Say) -> list[Figure]:
    peers.prepare(desk)
    arena = Arena(desk, options)
    loads = {name: arena.best_load(name, say) for name in APPLICATIONS}
    found: dict[str, list[Measured]] = {name: [] for name in APPLICATIONS}
    for number in range(rounds):
        for name in APPLICATIONS:
            result = arena.closed_loop(name, loads[name])
            found[name].append(result)
            say(f"round {number + 1}: {name} {result.acknowledged_per_second:,.0f}/s, p95 {result.ack.p95:.0f} ms")
    steady = arena.open_loop(SURE)
    return _figures(found, loads, steady)


class Arena:
    """One application works at a time; the others are stopped."""

    def __init__(self, desk: Desk, options: Options) -> None:
        self.desk, self.options = desk, options

    def best_load(self, name: str, say: Say) -> int:
        """How many messages on their way at once bring the most through within the latency."""
        best, most = LADDER[0], 0.0
        for load in LADDER:
            result = self.closed_loop(name, load, seconds=2)
            if result.ack.p95 <= WITHIN and result.acknowledged_per_second > most:
                best, most = load, result.acknowledged_per_second
        say(f"{name}: best with {best} at once")
        return best

    def closed_loop(self, name: str, load: int, **more: object) -> Measured:
        return self._measure(name, outstanding=load, **more)

    def open_loop(self, rate: int) -> Measured:
        return self._measure("desk", rate=rate)

    def _measure(self, name: str, **load: object) -> Measured:
        if name == "desk":
            self._await_rest()
            return loadclient.measure(**self.options(rooms=ROOMS, **load))
        with _standing_still(self.desk), peers.serving(name, self.desk) as port:
            return loadclient.measure(**self.options(rooms=ROOMS, dialect=name, **load, port=port))

    def _await_rest(self) -> None:
        """Until the worker has drawn the consequences of the round before."""
        deadline = time.monotonic() + 60
        with psycopg.connect(self.desk.run.database_url, autocommit=True) as link:
            while time.monotonic() < deadline:
                row = link.execute("SELECT count(*) FROM conversations_outboxrow").fetchone()
                if row is None or not row[0]:
                    return
                time.sleep(0.2)


@contextmanager
def _standing_still(desk: Desk) -> Iterator[None]:
    """The desk's own processes take nothing from a peer's share of the machine; the engines serve both."""
    pids = [*desk.web_pids(), desk.pid("worker"), desk.pid("beat")]
    _signal(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(pids, signal.SIGCONT)


def _signal(pids: list[int], sign: signal.Signals) -> None:
    """A worker that wakes up after a long stop may take itself for deaf and end; another takes its place."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, sign)


def _figures(found: dict[str, list[Measured]], loads: dict[str, int], steady: Measured) -> list[Figure]:
    rates = {name: middle([each.acknowledged_per_second for each in found[name]]) for name in APPLICATIONS}
    own = rates["desk"]
    return [
        Figure("one web process, against the tutorial", own / rates["tutorial"], "times", 5, at_most=False),
        Figure("one web process, of the limit", own / rates["limit"] * 100, "%", 40, at_most=False),
        Figure(
            "one web process, the whole way",
            own,
            "messages/s",
            2000,
            at_most=False,
            remark=_remark("desk", found, loads),
        ),
        Figure(f"… p95 in an open loop at {SURE:,}/s", max(steady.ack.p95, steady.delivery.p95), "ms", WITHIN),
        *(
            Figure(f"  the {name}", rates[name], "messages/s", remark=_remark(name, found, loads))
            for name in peers.NAMES
        ),
    ]


def _remark(name: str, found: dict[str, list[Measured]], loads: dict[str, int]) -> str:
    p95 = middle([max(each.ack.p95, each.delivery.p95) for each in found[name]])
    client = max(each.client_cpu for each in found[name])
    return f"p95 {p95:.0f} ms, {loads[name]} at once, client {client:.0%} of a core"
