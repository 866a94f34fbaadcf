"""What can go wrong, each as a coroutine that makes it go wrong and returns when it is over."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.client import Crowd
from bench.desk import Desk
from bench.faultproxy import FaultProxy
from bench.waiting import until_slow

_RETURN_PATIENCE = 60.0


class FaultFailed(Exception):
    """The desk did not come back, or did not do what it promises while the fault lasted."""


@dataclass(frozen=True)
class Scene:
    """What a fault may lay hands on."""

    desk: Desk
    crowd: Crowd
    proxy: FaultProxy
    hurried: bool  # `--short`: seconds where there would be a minute

    def seconds(self, long: float, short: float) -> float:
        return short if self.hurried else long


@dataclass(frozen=True)
class Fault:
    """`act` returns once what was broken works again; `target` is how soon everybody must have everything then."""

    name: str
    about: str
    act: Callable[[Scene], Awaitable[str]]  # returns a remark for the table
    target: float
    is_short: bool = False


async def _returned(desk: Desk, name: str, was: int) -> None:
    """Until the supervisor has put another process in the place of `was`."""

    def is_new() -> bool:
        try:
            return desk.pid(name) != was
        except (OSError, ValueError):
            return False

    if not await until_slow(is_new, _RETURN_PATIENCE):
        raise FaultFailed(f"{name} did not come back")


async def _answers(condition: Callable[[], bool], what: str) -> None:
    if not await until_slow(condition, _RETURN_PATIENCE):
        raise FaultFailed(f"{what} did not come back")


async def nothing(scene: Scene) -> str:
    await asyncio.sleep(scene.seconds(10, 3))
    return ""


async def web_killed(scene: Scene) -> str:
    desk = scene.desk
    before = desk.web_pids()
    for number in range(desk.web):
        desk.signal(f"web-{number}", signal.SIGKILL)
    for number, pid in enumerate(before):
        await _returned(desk, f"web-{number}", pid)
    await _answers(desk.answers, "the port")
    return ""


async def one_web_killed(scene: Scene) -> str:
    up = sum(client.is_up for client in scene.crowd.clients)
    scene.desk.signal("web-0", signal.SIGKILL)
    await asyncio.sleep(0.3)
    stayed = sum(client.is_up for client in scene.crowd.clients)
    return f"{stayed} of {up} sockets stayed"


async def worker_killed(scene: Scene) -> str:
    was = scene.desk.pid("worker")
    scene.desk.signal("worker", signal.SIGKILL)
    await _returned(scene.desk, "worker", was)
    return ""


async def _without(scene: Scene, engine: str, seconds: float, *, mode: str = "fast", is_empty: bool = False) -> str:
    desk = scene.desk
    await asyncio.to_thread(desk.stop_engine, engine, mode)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(lambda: desk.start_engine(engine, is_empty=is_empty))
    if engine == "valkey":
        await _answers(desk.valkey_answers, "valkey")
    return ""


async def valkey_lost(scene: Scene) -> str:
    return await _without(scene, "valkey", 3, mode="immediate", is_empty=True)


async def valkey_away(scene: Scene) -> str:
    return await _without(scene, "valkey", scene.seconds(60, 5))


async def postgres_crashed(scene: Scene) -> str:
    return await _without(scene, "postgres", 3, mode="immediate")


async def postgres_away(scene: Scene) -> str:
    return await _without(scene, "postgres", scene.seconds(30, 5))


async def web_frozen(scene: Scene) -> str:
    names = [f"web-{number}" for number in range(scene.desk.web)]
    for name in names:
        scene.desk.signal(name, signal.SIGSTOP)
    await asyncio.sleep(6)
    for name in names:
        scene.desk.signal(name, signal.SIGCONT)
    return ""


async def pushes_dropped(scene: Scene) -> str:
    scene.desk.drop_pushes(0.2)
    await asyncio.sleep(scene.seconds(20, 5))
    scene.desk.drop_pushes(0)
    await asyncio.sleep(0.3)  # the desk looks four times a second
    return "20 % lost"


async def clients_cut(scene: Scene) -> str:
    """Connections break in the middle of frames, again and again, on a line that is late besides."""
    weather, before = scene.proxy.weather, scene.proxy.cuts
    weather.cut, weather.latency, weather.jitter = (0.2, 3.0), 0.01, 0.04
    await asyncio.sleep(scene.seconds(20, 6))
    weather.cut, weather.latency, weather.jitter = None, 0.0, 0.0
    return f"{scene.proxy.cuts - before} cuts"


async def line_silent(scene: Scene) -> str:
    """Half-open: nothing passes, nobody is told, and then it all comes at once."""
    scene.proxy.weather.silent = True
    await asyncio.sleep(scene.seconds(10, 4))
    scene.proxy.speak()
    return ""


async def herd(scene: Scene) -> str:
    """Everybody loses the connection at the same moment."""
    clients = list(scene.crowd.clients)
    start = time.monotonic()
    for client in clients:
        client.cut()
    await asyncio.sleep(0.2)
    await _answers(lambda: all(client.is_up for client in clients), "everybody")
    return f"{len(clients)} back in {time.monotonic() - start:.1f} s"


FAULTS = (
    Fault("nothing", "no fault: how it goes otherwise", nothing, 1),
    Fault("web killed", "kill -9 of every web process", web_killed, 5, is_short=True),
    Fault("one web killed", "kill -9 of one of two", one_web_killed, 3),
    Fault("worker killed", "kill -9 of the worker", worker_killed, 1),
    Fault("valkey lost", "kill -9, 3 s away, returns empty", valkey_lost, 8, is_short=True),
    Fault("valkey away", "stopped for 60 s", valkey_away, 8),
    Fault("postgres crash", "stopped in immediate mode, 3 s away", postgres_crashed, 10, is_short=True),
    Fault("postgres away", "stopped for 30 s", postgres_away, 10),
    Fault("web frozen", "SIGSTOP of every web process for 6 s", web_frozen, 10),
    Fault("pushes dropped", "every fifth push is lost", pushes_dropped, 10, is_short=True),
    Fault("clients cut", "connections break inside frames", clients_cut, 10, is_short=True),
    Fault("line silent", "half-open connections", line_silent, 10),
    Fault("herd", "all sockets cut at once", herd, 10),
)
