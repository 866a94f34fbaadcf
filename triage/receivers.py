"""Bells of other packages that ring here."""

from __future__ import annotations

from threading import Thread

from celery.signals import worker_ready
from django.dispatch import receiver

from conversations import realtime
from conversations.signals import parts_posted
from people.signals import room_changed
from triage import actions, tasks
from triage.models import Desk
from triage.signals import import_asked, training_asked

EXPIRES = 60  # seconds: what is not heard by then, the sweep has found


@receiver(parts_posted)
def look(sender: object, **_: object) -> None:
    """Somebody wrote, or a conversation changed hands: there may be something to read, or room for somebody's work."""
    if Desk.current().mode != Desk.Mode.OFF:
        tasks.look.apply_async(expires=EXPIRES, retry=False)


@receiver(training_asked)
def train(sender: object, *, run: int, **_: object) -> None:
    """A training waits."""
    tasks.train.apply_async((run,), expires=EXPIRES, retry=False)


@receiver(import_asked)
def read_file(sender: object, *, batch: int, **_: object) -> None:
    """A file waits."""
    tasks.read_file.apply_async((batch,), expires=EXPIRES, retry=False)


bell = realtime.Bell(lambda: tasks.look.apply_async(expires=EXPIRES, retry=False))


@receiver(room_changed)
def look_for_work(sender: object, **_: object) -> None:
    """Somebody came, or can take more. Rung from a thread: a web process must not wait for a broker that is away."""
    bell.ring()


@worker_ready.connect
def warm_up(**_: object) -> None:
    """Load the models while nobody waits for them."""
    Thread(target=actions.warm_up, name="warm-up", daemon=True).start()
