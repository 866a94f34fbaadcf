"""The one door to open sockets, and the bell that wakes workers.

Everything here is a hint sent after a commit: a lost push is healed by gap fill, a lost ring by the
sweep over the outbox. Nothing raises when Valkey is away.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
import redis
from channels.layers import get_channel_layer
from django.conf import settings

from conversations.layer import HubLayer
from conversations.parts import PartData
from conversations.rules import Head

log = logging.getLogger(__name__)

INBOX = "inbox"  # keys of conversations that changed, for the lists
NO_PART = bytes(16)  # pushes begin with the id of the part they carry, so that a socket
# that has just been answered directly can leave out its own echo

Push = tuple[str, bytes]


def customer_group(customer: int) -> str:
    return f"customer.{customer}"


def thread_group(conversation: int) -> str:
    return f"thread.{conversation}"


def agent_group(agent: int) -> str:
    return f"agent.{agent}"


def frame(kind: str, /, **fields: Any) -> bytes:
    """One frame of the wire, as bytes."""
    return orjson.dumps({"type": kind, **fields}, option=orjson.OPT_UTC_Z)


# What happened → who hears of it


def publish_parts(placed: Iterable[tuple[Head, PartData]], was: Mapping[int, tuple[int | None, int | None]]) -> None:
    """`was` holds the team and assignee each conversation had before: whoever could see it then and
    cannot now has to lose it from their list."""
    pushes: list[Push] = []
    changed: dict[int, Head] = {}
    touched: dict[int, Head] = {}
    for head, part in placed:
        touched[head.id] = head
        pushes += part_pushes(head, part)
        if part.kind == "event":
            changed[head.id] = head
    pushes += [(customer_group(head.customer_id), NO_PART + summary(head)) for head in changed.values()]
    left = [
        (head.public_id, key, *was[key])
        for key, head in changed.items()
        if was[key] != (head.team_id, head.assignee_id)
    ]
    pushes.append((INBOX, orjson.dumps({"keys": list(touched), "left": left})))
    publish(pushes)


def part_pushes(head: Head, part: PartData) -> list[Push]:
    mark = part.id.bytes
    pushes = [(thread_group(head.id), mark + frame("part", part=part.for_agents()))]
    if part.public_number is not None:
        public = frame("part", part=part.for_customers())
        pushes.append((customer_group(head.customer_id), mark + public))
    return pushes


def summary(head: Head) -> bytes:
    """What a customer may know of a conversation's state."""
    return frame(
        "conversation",
        conversation={
            "id": head.public_id,
            "state": head.state,
            "last_number": head.last_public_number,
            "read": head.customer_read,
            "agents_read": head.agents_read,
            "snippet": head.snippet,
            "snippet_by": head.snippet_by,
            "at": head.last_part_at,
        },
    )


def publish_to(group: str, kind: str, /, **fields: Any) -> None:
    publish([(group, NO_PART + frame(kind, **fields))])


def publish_changed(conversations: Iterable[int]) -> None:
    """Rows of the lists changed without a part: a read mark, a draft, a name."""
    publish([(INBOX, orjson.dumps({"keys": list(conversations), "left": []}))])


def revoke_agent(agent: int) -> None:
    """What this agent may see changed: their sockets look again, or close."""
    publish([(agent_group(agent), NO_PART + frame("revoked"))])


def revoke_customer(customer: int) -> None:
    publish([(customer_group(customer), NO_PART + frame("revoked"))])


# The way there


class _Here:
    """The event loop and the layer of this process, where it has them."""

    loop: asyncio.AbstractEventLoop | None = None
    layer: HubLayer | None = None


async def startup() -> None:
    """Called when a web process starts serving."""
    hub()


async def shutdown() -> None:
    if _Here.layer is not None:
        await _Here.layer.close()
    _Here.loop = _Here.layer = None


def hub() -> HubLayer:
    """The layer of the running loop."""
    loop = asyncio.get_running_loop()
    if _Here.loop is not loop:
        layer = get_channel_layer()
        if not isinstance(layer, HubLayer):
            raise TypeError("CHANNEL_LAYERS must name conversations.layer.HubLayer or a class made from it")
        _Here.loop, _Here.layer = loop, layer
        layer.start()
    assert _Here.layer is not None  # noqa: S101 - set together with the loop
    return _Here.layer


def publish(pushes: list[Push]) -> None:
    loop, layer = _Here.loop, _Here.layer
    if loop is None or layer is None:
        _publish_from_afar(pushes)
    elif _running_loop() is loop:
        _publish_here(layer, pushes)
    else:
        try:
            loop.call_soon_threadsafe(_publish_here, layer, pushes)
        except RuntimeError:  # the loop closed under us: the process is going down
            _publish_from_afar(pushes)


def _publish_here(layer: HubLayer, pushes: list[Push]) -> None:
    for group, payload in pushes:
        layer.publish(group, payload)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _publish_from_afar(pushes: list[Push]) -> None:
    """From a worker or a command, which have no sockets of their own."""
    layer = get_channel_layer()
    if not isinstance(layer, HubLayer):
        return
    try:
        pipe = _client().pipeline(transaction=False)
        for group, payload in pushes:
            pipe.publish(*layer.foreign(group, payload))
        pipe.execute()
    except redis.RedisError as problem:
        log.warning("live push lost, sockets will catch up: %s", problem)


_clients: dict[str, redis.Redis] = {}


def _client() -> redis.Redis:
    url: str = settings.CHANNEL_LAYERS["default"]["CONFIG"]["url"]  # type: ignore[index]
    if url not in _clients:
        _clients[url] = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
    return _clients[url]


# The bell


class Bell:
    """Wakes the relay at most ten times a second, from a thread of its own, because a broker that is
    away makes its callers wait."""

    REST = 0.1

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._rung = threading.Event()
        self._thread: threading.Thread | None = None

    def ring(self) -> None:
        self._rung.set()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            self._rung.wait()
            self._rung.clear()
            try:
                self._ring()
            except Exception as problem:  # noqa: BLE001 - whatever the broker says, the sweep will find the rows
                log.warning("worker not woken, the sweep will: %s", problem)
            time.sleep(self.REST)


_RUNG, _RUNG_FOR = "parley:rung", 5  # seconds


def _wake_relay() -> None:
    """One ring is enough until a relay has heard it: while no worker is there they must not pile up."""
    from celery import current_app

    if _client().set(_RUNG, 1, nx=True, ex=_RUNG_FOR):
        current_app.send_task("conversations.relay_outbox", retry=False, expires=60)


def heard() -> None:
    """A relay begins to look for rows: whoever comes after this rings anew."""
    try:
        _client().delete(_RUNG)
    except redis.RedisError as problem:
        log.warning("the bell stays rung for %s s: %s", _RUNG_FOR, problem)


_bell = Bell(_wake_relay)


def ring() -> None:
    """Rows wait in the outbox."""
    _bell.ring()
