"""What one web process keeps for its sockets together: who is here, the feed, and the sweep."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings

from conversations import realtime, text, values
from conversations.consumers.feed import Feed
from conversations.consumers.sweeper import Sweeper

if TYPE_CHECKING:
    from conversations.consumers.inbox import InboxSocket
    from conversations.consumers.messenger import MessengerSocket

log = logging.getLogger(__name__)


@dataclass
class Process:
    loop: asyncio.AbstractEventLoop
    messengers: dict[MessengerSocket, None] = field(default_factory=dict)
    agents: dict[InboxSocket, None] = field(default_factory=dict)
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    @cached_property
    def feed(self) -> Feed:
        return Feed(self.agents)

    @cached_property
    def sweeper(self) -> Sweeper:
        return Sweeper(self.messengers, self.agents, self.feed)

    @cached_property
    def limits(self) -> dict[str, int]:
        """What clients may say before they say it."""
        return {
            "body": text.MAX_BODY,
            "attachments": values.MAX_ATTACHMENTS,
            "attachment_bytes": settings.MAX_UPLOAD_BYTES,
            "messages_per_10_s": settings.PARLEY_MESSAGE_RATE,
        }

    def spawn(self, work: Any) -> None:
        """Run a coroutine beside the sockets; the loop alone would forget it."""
        task = self.loop.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("work beside the sockets failed", exc_info=task.exception())

    def start(self) -> None:
        realtime.hub().on_reconnect.append(self.sweeper.hurry)
        self.spawn(self.sweeper.run())
        self.spawn(self.feed.run())


_processes: dict[asyncio.AbstractEventLoop, Process] = {}


def process() -> Process:
    """Of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _processes:
        _processes[loop] = Process(loop)
        _processes[loop].start()
    return _processes[loop]
