"""A fixed number of threads for requests: shared fairly, kept by nobody, each with its connection."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from asgiref.sync import sync_to_async

from helpdesk.threads import Threads

BODY = {"type": "http.request", "body": b"", "more_body": False}
START = {"type": "http.response.start", "status": 200, "headers": []}
END = {"type": "http.response.body", "body": b""}


class Page:
    """A view that notes in which threads it ran, and waits in the thread until it may go on."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.has_begun = threading.Event()

    def work(self) -> None:
        self.has_begun.set()
        self.gate.wait(30)
        self.names.append(threading.current_thread().name)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await sync_to_async(self.work)()
        await sync_to_async(self.work)()
        await send(START)
        await send(END)


async def request(app: Threads, receive: Any = None, send: Any = None) -> None:
    async def body() -> Any:
        return BODY

    async def nowhere(message: Any) -> None:
        pass

    await app({"type": "http"}, receive or body, send or nowhere)


async def test_one_request_stays_in_one_thread() -> None:
    page = Page()
    await request(Threads(page, 3))
    assert len(page.names) == 2
    assert len(set(page.names)) == 1


async def test_a_crowd_shares_the_threads_there_are() -> None:
    page = Page()
    app = Threads(page, 2)
    await asyncio.gather(*(request(app) for _ in range(20)))
    assert len(page.names) == 40
    assert len(set(page.names)) == 2


async def test_a_slow_upload_keeps_no_thread() -> None:
    page = Page()
    app = Threads(page, 1)
    finished = asyncio.Event()

    async def slow() -> Any:
        await finished.wait()
        return BODY

    upload = asyncio.create_task(request(app, receive=slow))
    await asyncio.sleep(0)
    await request(app)
    assert len(page.names) == 2
    finished.set()
    await upload


async def test_a_slow_download_keeps_no_thread() -> None:
    page = Page()
    app = Threads(page, 1)
    started, finished = asyncio.Event(), asyncio.Event()

    async def slow(message: Any) -> None:
        started.set()
        await finished.wait()

    download = asyncio.create_task(request(app, send=slow))
    await started.wait()
    await request(app)
    assert len(page.names) == 4
    finished.set()
    await download


async def test_a_visitor_who_goes_away_returns_the_thread_when_it_is_idle() -> None:
    page = Page()
    app = Threads(page, 1)
    page.gate.clear()
    given_up = asyncio.create_task(request(app))
    await asyncio.get_running_loop().run_in_executor(None, page.has_begun.wait, 30)
    given_up.cancel()
    page.gate.set()
    await asyncio.gather(given_up, return_exceptions=True)
    await request(app)
    await asyncio.sleep(0)
    assert app.free.qsize() == 1
