"""Database work for sockets, off the event loop, in a few threads of its own.

Channels' `database_sync_to_async` runs everything in one thread by default; a database that answers
slowly once would then stop every socket of the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection

from conversations.errors import Busy

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 4
MAX_WAITING = 4000  # calls; beyond that callers are told to come back

_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="sockets")
_calls: set[object] = set()  # in flight or waiting for a thread


async def in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `work` in one of the threads.

    Raises:
        Busy: too many wait already, or the database cannot be reached.
    """
    if len(_calls) >= MAX_WAITING:
        raise Busy
    _calls.add(call := object())
    try:
        return await asyncio.get_running_loop().run_in_executor(_pool, guarded(work, *args, **kwargs))
    finally:
        _calls.discard(call)


def guarded(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Callable[[], R]:
    """`work` with a usable connection before it, and a database that is away or overwhelmed told as Busy. What it
    refuses to do is no such thing, and asking again would not help."""

    def run() -> R:
        close_old_connections()
        try:
            return work(*args, **kwargs)
        except (OperationalError, InterfaceError) as problem:
            connection.close()
            raise Busy from problem
        except DatabaseError:
            connection.close()
            raise

    return run
