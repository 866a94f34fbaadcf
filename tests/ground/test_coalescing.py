"""Frames of one turn leave together, in order, and before whatever ends the socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from helpdesk.coalescing import CoalescingProtocol

Serve = Callable[[Any, Any], Awaitable[None]]


class Counting(CoalescingProtocol):
    """Counts what leaves through the flush."""

    writes: list[int] = []  # of the last server

    def _flush(self) -> None:
        self.writes.append(len(self.conn.writes))
        super()._flush()


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[str]:
    """A server whose sockets are accepted and then given to `serve(receive, send)`."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        await serve(receive, send)

    Counting.writes = []
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, ws=Counting, lifespan="off", log_config=None, ws_per_message_deflate=False)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"ws://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        server.should_exit = True
        await running
        listening.close()


async def everything(client: ClientConnection) -> list[str]:
    texts: list[str] = []
    with suppress(ConnectionClosed):
        while True:
            texts.append(str(await client.recv()))
    return texts


async def test_frames_of_one_turn_leave_in_one_write_and_in_order() -> None:
    async def serve(receive: Any, send: Any) -> None:
        for number in range(20):
            await send({"type": "websocket.send", "text": f"{number} ✓"})
        await receive()

    async with serving(serve) as url, connect(url) as client:
        assert [await client.recv() for _ in range(20)] == [f"{number} ✓" for number in range(20)]
        assert Counting.writes == [20]


async def test_what_is_queued_goes_before_the_close() -> None:
    async def serve(receive: Any, send: Any) -> None:
        await send({"type": "websocket.send", "text": "last words"})
        await send({"type": "websocket.close", "code": 4401, "reason": "over"})

    async with serving(serve) as url, connect(url) as client:
        assert await everything(client) == ["last words"]
        assert (client.close_code, client.close_reason) == (4401, "over")


async def test_a_large_frame_to_a_slow_reader_waits_and_arrives_whole() -> None:
    sent = ["x" * 1_000_000] * 20

    async def serve(receive: Any, send: Any) -> None:
        for text in sent:
            await send({"type": "websocket.send", "text": text})
        await send({"type": "websocket.close", "code": 1000})

    async with serving(serve) as url, connect(url, max_size=None) as client:
        await asyncio.sleep(0.2)
        assert await everything(client) == sent


async def test_sending_to_a_peer_that_left_says_so() -> None:
    ended: asyncio.Future[type[BaseException]] = asyncio.get_running_loop().create_future()

    async def serve(receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "websocket.disconnect"
        try:
            await send({"type": "websocket.send", "text": "too late"})
        except BaseException as problem:
            ended.set_result(type(problem))
            raise

    async with serving(serve) as url:
        client = await connect(url)
        client.transport.abort()
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert (await ended).__name__ == "ClientDisconnected"
