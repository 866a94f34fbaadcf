"""Coroutines that seldom wait, without the price of a task for each."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any


def start(work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    """Run `work` at once until it first has to wait, and the rest of it as a task; None when it never had to.

    `asyncio.eager_task_factory` does the same from Python 3.12 on. Until its first wait `work` is no task, so it must
    not ask for the current one.
    """
    try:
        awaited = work.send(None)
    except StopIteration:
        return None
    return asyncio.get_running_loop().create_task(_rest(work, awaited))


@types.coroutine
def _rest(work: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
    while True:
        problem: BaseException | None = None
        try:
            yield awaited
        except BaseException as raised:  # noqa: BLE001 - whatever it is, it is for the coroutine
            problem = raised
        try:
            awaited = work.send(None) if problem is None else work.throw(problem)
        except StopIteration:
            return
