"""A worker that notices when it has gone deaf, and ends, so that whoever supervises it starts a hearing one.

After a broker restart a Celery worker that was busy at that moment often never takes another task, while looking alive.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import redis
from celery.signals import task_prerun, worker_ready
from celery.worker import state as worker_state
from django.conf import settings

from helpdesk.celery import app

CHECK_EVERY = 5.0
DEAF_AFTER = 30.0
_log = logging.getLogger(__name__)


class Pulse:
    """When this worker last took a task, and whether it should have."""

    def __init__(self, now: float) -> None:
        self.last = now

    def took(self, now: float) -> None:
        """A task was taken."""
        self.last = now

    def is_deaf(self, now: float, waiting: int, idle_threads: int) -> bool:
        """Whether tasks have waited all this time while a thread had nothing to do."""
        if waiting == 0 or idle_threads <= 0:
            self.last = now
        return now - self.last > DEAF_AFTER


def waiting_tasks() -> int:
    """How many tasks lie in the queue; none, if the broker cannot be asked, for then there is nothing to hear."""
    try:
        with redis.Redis.from_url(settings.TASKS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            return int(client.llen(settings.CELERY_TASK_DEFAULT_QUEUE))
    except redis.RedisError:
        return 0


def watch(pulse: Pulse, end: Callable[[int], Any] = os._exit) -> None:
    """Look every few seconds; runs in a thread for as long as the worker does."""
    while True:
        time.sleep(CHECK_EVERY)
        idle = settings.ENV.worker_threads - len(worker_state.active_requests)
        if pulse.is_deaf(time.monotonic(), waiting_tasks(), idle):
            _log.error("tasks are waiting and this worker takes none; ending, to be started again")
            end(1)


@worker_ready.connect
def _start(**_: Any) -> None:
    app.send_task("helpdesk.heartbeat")  # at once, where beat would take ten seconds
    pulse = Pulse(time.monotonic())
    task_prerun.connect(lambda **_: pulse.took(time.monotonic()), weak=False)
    threading.Thread(target=watch, args=[pulse], name="pulse", daemon=True).start()
