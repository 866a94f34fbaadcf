"""Sockets in rooms; a message is stored with all others that arrived meanwhile, then sent to its room.

No consumer class, no permission, no numbering, no retry, no outbox: every line the desk has beyond these is paid for,
and this application says how dearly.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

from bench.limit.hub import Hub
from bench.limit.writer import Row, Writer

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_MOST_WAITING = 512
_hub = Hub(os.environ["BENCH_VALKEY"])
_writer = Writer(os.environ["BENCH_DATABASE"])


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "websocket":
        await _serve(scope["path"].strip("/").split("/")[-1], receive, send)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await _hub.start()
            await _writer.start()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _serve(room: str, receive: Receive, send: Send) -> None:
    waiting: asyncio.Queue[bytes] = asyncio.Queue(_MOST_WAITING)
    group = room.encode()
    await receive()
    await _hub.join(group, waiting.put_nowait)
    await send({"type": "websocket.accept"})
    sender = asyncio.create_task(_forward(waiting, send))
    try:
        while (message := await receive())["type"] == "websocket.receive":
            _take(group, int(room), message["text"])
    finally:
        sender.cancel()
        _hub.leave(group, waiting.put_nowait)


async def _forward(waiting: asyncio.Queue[bytes], send: Send) -> None:
    while True:
        payload = await waiting.get()
        await send({"type": "websocket.send", "text": payload.decode()})


def _take(group: bytes, room: int, text: str) -> None:
    content = orjson.loads(text)

    def stored(number: int) -> None:
        part = {"id": number, "client_id": content["client_id"], "body": content["body"]}
        _hub.publish(group, orjson.dumps({"type": "part", "part": part}))

    _writer.put(Row(room, content["client_id"], content["body"]), stored)
