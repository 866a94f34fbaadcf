"""Coroutines that start at once and become a task only when they have to wait."""

from __future__ import annotations

import asyncio

import pytest

from conversations.consumers import eager


async def test_work_that_never_waits_is_done_at_once_without_a_task() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    assert eager.start(work()) is None
    assert done == [1]


async def test_work_that_waits_goes_on_as_a_task() -> None:
    done: list[str] = []
    gate = asyncio.Event()

    async def work() -> None:
        done.append("begun")
        await gate.wait()
        await asyncio.sleep(0)
        done.append("ended")

    task = eager.start(work())
    assert task is not None
    assert done == ["begun"]
    gate.set()
    await task
    assert done == ["begun", "ended"]


async def test_its_failure_is_the_tasks() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        raise ValueError("no")

    task = eager.start(work())
    assert task is not None
    with pytest.raises(ValueError, match="no"):
        await task


async def test_a_failure_before_the_first_wait_is_the_callers() -> None:
    async def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        eager.start(work())


async def test_cancelling_reaches_the_work() -> None:
    undone: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            undone.append("tidied")
            raise

    task = eager.start(work())
    assert task is not None
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert undone == ["tidied"]
