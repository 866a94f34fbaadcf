"""A TCP proxy that does what networks do: be late, drip, fall silent, and break in the middle of a frame.

    python -m bench.faultproxy --to 127.0.0.1:8000 --listen 9000 --latency 0.05 --cut 2-10

Tests hold a `FaultProxy` and change its `weather` while connections are open.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

_CHUNK = 65_536


@dataclass
class Weather:
    """What happens to bytes from now on, on old connections and new ones."""

    latency: float = 0.0  # seconds each chunk is late
    jitter: float = 0.0  # and up to this much more
    drip: int = 0  # bytes a second; 0: as they come
    cut: tuple[float, float] | None = None  # a connection breaks after some time between these two
    silent: bool = False  # half-open: connections stay, nothing passes, nobody is told
    refuses: bool = False  # new connections are closed at once


@dataclass(eq=False)
class _Connection:
    """Both halves of one connection through the proxy."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    breaks_at: float | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def abort(self) -> None:
        for writer in (self.near, self.far):
            writer.transport.abort()
        for task in self.tasks:
            task.cancel()


class FaultProxy:
    """Forwards one port to another, through the weather."""

    def __init__(self, port: int, *, host: str = "127.0.0.1", weather: Weather | None = None) -> None:
        self.host, self.target = host, port
        self.weather = weather or Weather()
        self.port = 0
        self.cuts = 0
        self._connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None
        self._clearing = asyncio.Event()

    async def start(self, port: int = 0) -> int:
        """Listen; the port that was given or chosen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, backlog=1024)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut_all()

    def cut_all(self) -> int:
        """Break every connection now; how many there were."""
        count = len(self._connections)
        for connection in list(self._connections):
            self._cut(connection)
        return count

    def speak(self) -> None:
        """End a silence: what was held back goes on its way."""
        self.weather.silent = False
        self._clearing.set()
        self._clearing = asyncio.Event()

    def _cut(self, connection: _Connection) -> None:
        self.cuts += 1
        self._connections.discard(connection)
        connection.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.weather.refuses:
            writer.transport.abort()
            return
        try:
            far_reader, far = await asyncio.open_connection(self.host, self.target)
        except OSError:
            writer.transport.abort()
            return
        connection = _Connection(writer, far)
        self._connections.add(connection)
        connection.tasks = [
            asyncio.create_task(self._pump(connection, reader, far)),
            asyncio.create_task(self._pump(connection, far_reader, writer)),
        ]
        await asyncio.wait(connection.tasks, return_when=asyncio.FIRST_COMPLETED)
        self._connections.discard(connection)
        for end in (connection.near, connection.far):  # what one side ended is over for the other
            end.close()

    async def _pump(self, connection: _Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # uvloop's word for writing to what is closed
            while chunk := await reader.read(_CHUNK):
                if self._must_break(connection):
                    writer.write(chunk[: random.randrange(len(chunk) + 1)])
                    await asyncio.sleep(0)  # so that half a frame really leaves
                    self._cut(connection)
                    return
                await self._pass(chunk, writer)

    def _must_break(self, connection: _Connection) -> bool:
        now = asyncio.get_running_loop().time()
        if self.weather.cut is None:
            connection.breaks_at = None
        elif connection.breaks_at is None:
            connection.breaks_at = now + random.uniform(*self.weather.cut)
        return connection.breaks_at is not None and now >= connection.breaks_at

    async def _pass(self, chunk: bytes, writer: asyncio.StreamWriter) -> None:
        weather = self.weather
        while weather.silent:
            await self._clearing.wait()
        if weather.latency or weather.jitter:
            await asyncio.sleep(weather.latency + random.random() * weather.jitter)
        async for piece in _pieces(chunk, weather.drip):
            writer.write(piece)
            await writer.drain()


async def _pieces(chunk: bytes, drip: int) -> AsyncIterator[bytes]:
    if not drip:
        yield chunk
        return
    step = max(1, drip // 20)
    for start in range(0, len(chunk), step):
        yield chunk[start : start + step]
        await asyncio.sleep(step / drip)


def _range(text: str) -> tuple[float, float]:
    low, _, high = text.partition("-")
    return float(low), float(high or low)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.faultproxy", description="A TCP proxy with bad weather.")
    parser.add_argument("--to", required=True, metavar="HOST:PORT")
    parser.add_argument("--listen", type=int, default=0, metavar="PORT", help="default: any free port, printed")
    parser.add_argument("--latency", type=float, default=0.0, metavar="S", help="seconds each chunk is late")
    parser.add_argument("--jitter", type=float, default=0.0, metavar="S", help="and up to this much more")
    parser.add_argument("--drip", type=int, default=0, metavar="B", help="bytes a second")
    parser.add_argument("--cut", type=_range, metavar="S-S", help="break each connection after so many seconds")
    return parser.parse_args()


async def _main() -> None:
    given = _arguments()
    host, _, port = given.to.rpartition(":")
    weather = Weather(given.latency, given.jitter, given.drip, given.cut)
    proxy = FaultProxy(int(port), host=host or "127.0.0.1", weather=weather)
    print(await proxy.start(given.listen), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main())
