"""Posting from sockets, batched by load and never by a timer.

While one transaction is in flight new parts queue up; then they go together in the next. An idle
desk posts each message at once, a busy one pays one commit for hundreds.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable

from django.utils import timezone

from conversations import actions
from conversations.actions import Outcome
from conversations.consumers.threads import guarded
from conversations.errors import Busy
from conversations.parts import NewPart

log = logging.getLogger(__name__)

Done = Callable[[Outcome], None]
Entry = tuple[NewPart, Done]


class Writer:
    """One thread with one connection that posts for every socket of this process."""

    MAX_BATCH = 512
    MAX_QUEUE = 10_000

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: deque[Entry] = deque()
        self._filled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def put(self, new: NewPart, done: Done) -> None:
        """Queue one part; `done` is called on the loop with the outcome, after the commit.

        Raises:
            Busy: the queue is full.
        """
        if len(self._queue) >= self.MAX_QUEUE:
            raise Busy
        self._queue.append((new, done))
        self._filled.set()

    def _run(self) -> None:
        while True:
            self._filled.wait()
            self._filled.clear()
            while self._queue:
                count = min(len(self._queue), self.MAX_BATCH)
                self._post([self._queue.popleft() for _ in range(count)])

    def _post(self, batch: list[Entry]) -> None:
        outcomes = self._outcomes([new for new, _ in batch])
        try:
            self._loop.call_soon_threadsafe(_answer, batch, outcomes)
        except RuntimeError:  # the loop is closed; nobody waits for an answer any more
            log.info("%d parts were posted while the process went down", len(batch))

    def _outcomes(self, new: list[NewPart]) -> list[Outcome]:
        try:
            return guarded(actions.post, new, now=timezone.now())()
        except Busy as busy:
            return [busy] * len(new)
        except Exception:
            log.exception("a batch of %d parts failed", len(new))
            return [Busy()] * len(new)


def _answer(batch: list[Entry], outcomes: list[Outcome]) -> None:
    for (_, done), outcome in zip(batch, outcomes, strict=True):
        try:
            done(outcome)
        except Exception:
            log.exception("an outcome could not be told; whoever waits for it will ask again")


_writers: dict[asyncio.AbstractEventLoop, Writer] = {}


def writer() -> Writer:
    """The writer of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _writers:
        _writers[loop] = Writer(loop)
    return _writers[loop]
