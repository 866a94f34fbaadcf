"""Waiting for something to become true."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


async def until(condition: Callable[[], bool], patience: float, every: float = 0.05) -> bool:
    """Whether `condition` came true within `patience` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(every)
    return True


async def until_slow(condition: Callable[[], bool], patience: float, every: float = 0.1) -> bool:
    """The same for a condition that blocks: it is asked in a thread."""
    deadline = time.monotonic() + patience
    while not await asyncio.to_thread(condition):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(every)
    return True
