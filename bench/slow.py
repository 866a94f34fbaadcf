"""A client that asks for much and reads nothing: it may hurt only itself."""

from __future__ import annotations

import asyncio
import socket
import time

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.faults import Fault, FaultFailed, Scene
from bench.memory import resident_kib

_TOO_SLOW = 1013
_ALLOWED_MIB = 20.0
_LONG, _LONG_COUNT = "All of it, from the beginning. " * 300, 40  # so that each question is answered at length


async def _act(scene: Scene) -> str:
    desk = scene.desk
    pair = scene.crowd.pairs[0]
    await asyncio.gather(*(pair.customer.post(pair.conversation, _LONG) for _ in range(_LONG_COUNT)))
    before = sum(resident_kib(pid) for pid in desk.web_pids()) / 1024
    start = time.monotonic()
    async with connect(
        f"{desk.wire}/ws/inbox/",
        sock=_small_socket(desk.port),
        origin=desk.url,  # type: ignore[arg-type]
        additional_headers={"Cookie": pair.agent.cookie},
        compression=None,
        max_queue=1,
        max_size=None,
        ping_interval=None,
        close_timeout=1,
    ) as link:
        await link.send('{"type":"hello","protocol":1}')
        await _ask_for_much(link, pair.conversation, seconds=scene.seconds(10, 4))
        grown = sum(resident_kib(pid) for pid in desk.web_pids()) / 1024 - before
        code = await _read_to_the_end(link)
    others = scene.crowd.history.between(start, time.monotonic() - 1)
    delays = sorted(record.acknowledged - record.at for record in others if record.acknowledged)
    p95 = delays[int(len(delays) * 0.95)] * 1000 if delays else float("nan")
    if code != _TOO_SLOW or grown > _ALLOWED_MIB:
        raise FaultFailed(f"closed with {code} instead of {_TOO_SLOW}, web processes grew by {grown:.0f} MiB")
    return f"closed 1013, others' ack p95 {p95:.0f} ms, web {grown:+.1f} MiB"


def _small_socket(port: int) -> socket.socket:
    """With room for little, so that not reading is felt at once and not after megabytes."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", port))
    made.setblocking(False)  # noqa: FBT003 - its only argument
    return made


async def _ask_for_much(link: ClientConnection, conversation: str, *, seconds: float) -> None:
    ask = orjson.dumps({"type": "sync", "conversation": conversation, "after": 0})
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            await asyncio.wait_for(link.send(ask, text=True), 1)
        except (ConnectionClosed, TimeoutError):
            return
        await asyncio.sleep(0.01)


async def _read_to_the_end(link: ClientConnection) -> int:
    try:
        async with asyncio.timeout(20):
            while True:
                await link.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006
    except TimeoutError:
        return 0


slow_reader = Fault("slow reader", "a client that never reads", _act, 3)
