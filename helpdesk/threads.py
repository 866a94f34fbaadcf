"""A fixed number of threads for pages and API calls, each with a database connection that stays open.

Left alone, Django gives every request a thread of its own and so a new database connection: four milliseconds more for
each, and a crowd at the door would ask PostgreSQL for more connections than it has. Here the crowd waits its turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import ThreadSensitiveContext

P = ParamSpec("P")
R = TypeVar("R")


class Borrowed(Executor):
    """The thread of one request, once it has one."""

    def __init__(self) -> None:
        self.thread: ThreadPoolExecutor | None = None
        self.latest: Future[Any] | None = None

    def submit(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run `work` there. What little comes after the answer waits for whoever has the thread by then."""
        if self.thread is None:
            raise RuntimeError("the request's body has not been read yet")
        future = self.thread.submit(work, *args, **kwargs)
        self.latest = future
        return future


class Threads:
    """Hands each request a thread when its body has arrived, and takes it back when the answer begins.

    So neither a slow upload nor a slow download keeps a thread from others. The thread used last is lent first: while
    few suffice, few connections are open.
    """

    def __init__(self, inner: Any, count: int) -> None:
        self.inner = inner
        self.free: asyncio.LifoQueue[ThreadPoolExecutor] = asyncio.LifoQueue()
        for number in range(count):
            self.free.put_nowait(ThreadPoolExecutor(1, thread_name_prefix=f"http-{number}"))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        borrowed = Borrowed()
        is_lent = False

        async def receiving() -> Any:
            nonlocal is_lent
            message = await receive()
            if borrowed.thread is None and not message.get("more_body", False):
                borrowed.thread = await self.free.get()
                is_lent = True
            return message

        async def sending(message: Any) -> None:
            give_back()
            await send(message)

        def give_back() -> None:
            nonlocal is_lent
            if is_lent:
                is_lent = False
                self._take_back(borrowed)

        try:
            async with ThreadSensitiveContext(executor=borrowed):
                await self.inner(scope, receiving, sending)
        finally:
            give_back()

    def _take_back(self, borrowed: Borrowed) -> None:
        """At once, or when the thread has done what a visitor who went away has left it with."""
        thread, loop = borrowed.thread, asyncio.get_running_loop()
        if thread is None:
            return
        if borrowed.latest is None or borrowed.latest.done():
            self.free.put_nowait(thread)
        else:
            borrowed.latest.add_done_callback(lambda _: loop.call_soon_threadsafe(self.free.put_nowait, thread))
