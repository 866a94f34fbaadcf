"""A channel layer with one subscription per process.

Standard layers hold a queue and a Redis subscription for every socket; at a support desk's fan-out
that, not PostgreSQL, is the bottleneck. Here each process has one connection that subscribes and one
that publishes. What a process publishes reaches its own sockets at once, without the round trip, and
goes on working while Valkey is away; other processes hear of it through Valkey.

Beside the channel-layer API there are `attach` and `publish`, which carry ready-made bytes straight
to a callback. Delivery is at most once, as for every channel layer: correctness never depends on it.
"""

from __future__ import annotations

import asyncio
import os
import random
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import hiredis
import orjson
from channels.layers import BaseChannelLayer

Callback = Callable[[bytes], None]
_PREFIX = b"parley:"
_MAX_BUFFER = 8 << 20  # bytes written but not taken by Valkey; beyond it publishing stops


def encode(*words: bytes) -> bytes:
    """A command in the Redis protocol (RESP2)."""
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        parts += (b"$%d\r\n" % len(word), word, b"\r\n")
    return b"".join(parts)


class _Link(asyncio.Protocol):
    """One connection to Valkey: says hello, then hands every reply to `on_reply`."""

    def __init__(self, on_reply: Callable[[Any], None], on_lost: Callable[[], None]) -> None:
        self._reader = hiredis.Reader()
        self._on_reply, self._on_lost = on_reply, on_lost
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's are not made from it

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            self._on_reply(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._on_lost()

    def write(self, data: bytes) -> bool:
        if self.transport is None or self.transport.get_write_buffer_size() > _MAX_BUFFER:
            return False
        self.transport.write(data)
        return True


class HubLayer(BaseChannelLayer):
    """`CONFIG = {"url": "redis://…" | "unix://…"}`; `prefix` keeps deployments on one server apart."""

    extensions = ["groups"]

    def __init__(self, url: str, prefix: str = "", **options: Any) -> None:
        super().__init__(**options)
        self._address = urlsplit(url)
        self._prefix = _PREFIX + _database(self._address.path, self._address.query) + prefix.encode() + b":"
        self._me = os.urandom(8)
        self._groups: dict[bytes, set[Callback]] = {}
        self._queues: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self._taps: dict[tuple[str, str], Callback] = {}
        self._joined: dict[bytes, list[asyncio.Future[None]]] = {}
        self._pending: list[bytes] = []
        self._keeper: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._sub = self._pub = self._no_link()
        self.on_reconnect: list[Callable[[], None]] = []

    # Raw bytes to callbacks

    async def attach(self, group: str, callback: Callback) -> None:
        """Call `callback` with every payload published to `group`. Returns once Valkey subscribed us,
        or after a second without it: what other processes say meanwhile is found by gap fill."""
        self.start()
        key = group.encode()
        members = self._groups.setdefault(key, set())
        members.add(callback)
        if len(members) > 1 and key not in self._joined:
            return
        future = asyncio.get_running_loop().create_future()
        waiting = self._joined.setdefault(key, [])
        waiting.append(future)
        if len(waiting) == 1 and not self._sub.write(encode(b"SUBSCRIBE", self._prefix + key)):
            del self._joined[key]
            return
        try:
            await asyncio.wait_for(future, 1)
        except TimeoutError:
            self._joined.pop(key, None)

    def detach(self, group: str, callback: Callback) -> None:
        key = group.encode()
        members = self._groups.get(key)
        if members is None:
            return
        members.discard(callback)
        if not members:
            del self._groups[key]
            self._sub.write(encode(b"UNSUBSCRIBE", self._prefix + key))

    def publish(self, group: str, payload: bytes, skip: Callback | None = None) -> None:
        """To every callback of `group` here now, and in other processes soon."""
        key = group.encode()
        self.deliver(key, payload, skip)
        if not self._pending:
            asyncio.get_running_loop().call_soon(self._flush)
        self._pending.append(encode(b"PUBLISH", self._prefix + key, self._me + payload))

    def deliver(self, key: bytes, payload: bytes, skip: Callback | None = None) -> None:
        for callback in tuple(self._groups.get(key, ())):
            if callback is not skip:
                callback(payload)

    def foreign(self, group: str, payload: bytes) -> tuple[bytes, bytes]:
        """Channel and message with which a process without an event loop publishes by itself."""
        return self._prefix + group.encode(), bytes(8) + payload

    def members(self, group: str) -> int:
        return len(self._groups.get(group.encode(), ()))

    # The channel-layer API

    async def new_channel(self, prefix: str = "specific") -> str:
        name = f"{prefix}.{uuid.uuid4().hex}"
        self._queues[name] = asyncio.Queue(self.capacity)
        await self.group_add(name, name)
        return name

    async def receive(self, channel: str) -> dict[str, Any]:
        try:
            return await self._queues[channel].get()
        except asyncio.CancelledError:
            self._queues.pop(channel, None)
            await self.group_discard(channel, channel)
            raise

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        self.publish(channel, orjson.dumps(message))

    async def group_add(self, group: str, channel: str) -> None:
        tap = self._taps[group, channel] = lambda payload: self._enqueue(channel, payload)
        await self.attach(group, tap)

    async def group_discard(self, group: str, channel: str) -> None:
        tap = self._taps.pop((group, channel), None)
        if tap is not None:
            self.detach(group, tap)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self.start()
        self.publish(group, orjson.dumps(message))

    def _enqueue(self, channel: str, payload: bytes) -> None:
        queue = self._queues.get(channel)
        if queue is not None and not queue.full():  # at most once: a full channel loses
            queue.put_nowait(orjson.loads(payload))

    # Connections

    @property
    def connected(self) -> bool:
        return self._sub.transport is not None and self._pub.transport is not None

    def start(self) -> None:
        """Connect, and stay connected, from the running loop."""
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.get_running_loop().create_task(self._keep_connected())

    async def close(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
        for link in (self._sub, self._pub):
            if link.transport is not None:
                link.transport.close()

    async def _keep_connected(self) -> None:
        delay = 0.1
        while True:
            self._lost.clear()
            try:
                await asyncio.wait_for(self._connect(), 3)
                delay = 0.1
                await self._lost.wait()
            except (OSError, TimeoutError):
                delay = min(delay * 2, 2)
            self._disconnect()
            await asyncio.sleep(delay * random.random())  # noqa: S311 - jitter

    async def _connect(self) -> None:
        self._pub = await self._open(lambda reply: None)
        self._sub = await self._open(self._on_message)
        for group in self._groups:
            self._sub.write(encode(b"SUBSCRIBE", self._prefix + group))
        for hook in self.on_reconnect:
            hook()

    def _disconnect(self) -> None:
        for link in (self._sub, self._pub):
            if link.transport is not None:
                link.transport.abort()
        self._sub = self._pub = self._no_link()

    def _no_link(self) -> _Link:
        return _Link(lambda reply: None, lambda: None)

    async def _open(self, on_reply: Callable[[Any], None]) -> _Link:
        loop, address = asyncio.get_running_loop(), self._address

        def factory() -> _Link:
            return _Link(on_reply, self._lost.set)

        dial: Awaitable[tuple[asyncio.BaseTransport, _Link]]
        if address.scheme == "unix":
            dial = loop.create_unix_connection(factory, unquote(address.path))
        else:
            tls = True if address.scheme == "rediss" else None
            dial = loop.create_connection(factory, address.hostname or "localhost", address.port or 6379, ssl=tls)
        _, link = await dial
        if address.password:
            user = unquote(address.username or "default")
            link.write(encode(b"AUTH", user.encode(), unquote(address.password).encode()))
        return link

    def _on_message(self, reply: Any) -> None:
        if not isinstance(reply, list) or len(reply) < 3:  # an error reply
            return
        kind, channel, payload = reply[:3]
        key = channel[len(self._prefix) :]
        if kind == b"message" and not payload.startswith(self._me):
            self.deliver(key, payload[8:])
        elif kind == b"subscribe":
            for future in self._joined.pop(key, ()):
                if not future.done():
                    future.set_result(None)

    def _flush(self) -> None:
        self._pub.write(b"".join(self._pending))
        self._pending.clear()


def _database(path: str, query: str) -> bytes:
    """Pub/sub ignores the database number, so it becomes part of the channel's name."""
    number = parse_qs(query).get("db", [""])[0] or path.rpartition("/")[2]
    return number.encode() if number.isdigit() else b"0"
