from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from bench.faultproxy import FaultProxy, Weather


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65_536):
        writer.write(chunk)
        await writer.drain()
    writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[FaultProxy]:
    """In front of a server that says everything twice."""
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    made = FaultProxy(server.sockets[0].getsockname()[1])
    await made.start()
    yield made
    await made.close()
    server.close()


async def _dial(proxy: FaultProxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", proxy.port)


async def _say(proxy: FaultProxy, what: bytes) -> bytes:
    reader, writer = await _dial(proxy)
    writer.write(what)
    answer = await reader.readexactly(len(what))
    writer.close()
    return answer


async def test_in_fair_weather_everything_passes(proxy: FaultProxy) -> None:
    body = bytes(range(256)) * 2000
    assert await _say(proxy, body) == body


async def test_latency_counts_both_ways(proxy: FaultProxy) -> None:
    proxy.weather.latency = 0.05
    start = time.monotonic()
    assert await _say(proxy, b"hello") == b"hello"
    assert time.monotonic() - start >= 0.1


async def test_a_dripping_line_is_slow_and_whole(proxy: FaultProxy) -> None:
    proxy.weather.drip = 2000
    start = time.monotonic()
    assert await _say(proxy, b"x" * 300) == b"x" * 300
    assert time.monotonic() - start >= 0.1


async def test_a_cut_leaves_at_most_a_part(proxy: FaultProxy) -> None:
    proxy.weather.cut = (0.0, 0.0)
    reader, writer = await _dial(proxy)
    writer.write(b"x" * 1000)
    try:
        got = await asyncio.wait_for(reader.read(), 5)
    except ConnectionResetError:
        got = b""
    assert len(got) <= 1000
    assert proxy.cuts >= 1


async def test_silence_holds_back_and_then_lets_go(proxy: FaultProxy) -> None:
    reader, writer = await _dial(proxy)
    proxy.weather.silent = True
    writer.write(b"anybody there?")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.2)
    proxy.speak()
    assert await asyncio.wait_for(reader.readexactly(14), 5) == b"anybody there?"
    writer.close()


async def test_what_one_end_closes_is_closed_for_the_other(proxy: FaultProxy) -> None:
    reader, _writer = await _dial(proxy)
    await asyncio.sleep(0.05)
    assert proxy.cut_all() == 1
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 5)


async def test_refusing_closes_newcomers_at_once() -> None:
    proxy = FaultProxy(1, weather=Weather(refuses=True))
    port = await proxy.start()
    reader, _writer = await asyncio.open_connection("127.0.0.1", port)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 5)
    await proxy.close()
