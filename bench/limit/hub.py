"""One subscription and one publishing connection to Valkey for a whole process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import hiredis

Callback = Callable[[bytes], None]
_PREFIX = b"limit:"


class _Link(asyncio.Protocol):
    def __init__(self, on_reply: Callable[[Any], None]) -> None:
        self._reader = hiredis.Reader()
        self._on_reply = on_reply

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            self._on_reply(reply)


class Hub:
    """Groups of callbacks; payloads pass through untouched."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._groups: dict[bytes, list[Callback]] = {}
        self._joining: dict[bytes, list[asyncio.Future[None]]] = {}
        self._pending: list[bytes] = []

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._pub, _ = await loop.create_unix_connection(lambda: _Link(lambda _: None), self._path)
        self._sub, _ = await loop.create_unix_connection(lambda: _Link(self._on_reply), self._path)

    async def join(self, group: bytes, callback: Callback) -> None:
        members = self._groups.setdefault(group, [])
        members.append(callback)
        if len(members) > 1:
            return
        joined = asyncio.get_running_loop().create_future()
        self._joining.setdefault(group, []).append(joined)
        self._sub.write(_command(b"SUBSCRIBE", _PREFIX + group))
        await joined

    def leave(self, group: bytes, callback: Callback) -> None:
        members = self._groups[group]
        members.remove(callback)
        if not members:
            del self._groups[group]
            self._sub.write(_command(b"UNSUBSCRIBE", _PREFIX + group))

    def publish(self, group: bytes, payload: bytes) -> None:
        if not self._pending:
            asyncio.get_running_loop().call_soon(self._flush)
        self._pending.append(_command(b"PUBLISH", _PREFIX + group, payload))

    def _flush(self) -> None:
        self._pub.write(b"".join(self._pending))
        self._pending.clear()

    def _on_reply(self, reply: list[Any]) -> None:
        kind, channel, payload = reply
        group = channel.removeprefix(_PREFIX)
        if kind == b"message":
            for callback in self._groups.get(group, ()):
                callback(payload)
        elif kind == b"subscribe":
            for joined in self._joining.pop(group, ()):
                joined.set_result(None)


def _command(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
