"""A client of the wire that keeps the whole contract of docs/protocol.md: numbers, gaps, retries, reconnecting.

It stands where a browser stands, so that what it proves of the desk holds for browsers too.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from conversations.replay.timeline import Part, Timeline

_LONGEST_FRAME = 16 << 20
_RESTARTING = 1012
_PASSING = ("busy", "slow_down", "storage_full")  # errors that a later attempt may not meet


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client waits, in seconds."""

    answer: float = 8.0  # for its message to come back before it sends it again
    hole: float = 3.0  # for parts it asked for
    silence: float = 30.0  # for any frame at all before it reconnects
    first_retry: float = 0.5
    longest_retry: float = 30.0


class Refused(Exception):
    """The desk will not take this message, however often it is sent."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: str = error["code"]


@dataclass(slots=True)
class Outgoing:
    """A message that has not come back yet."""

    frame: dict[str, Any]
    answer: asyncio.Future[Part]
    next_try: float
    tries: int = 0


@dataclass(slots=True)
class Told:
    """Who is told what a client sees; for measuring."""

    part: Callable[[Client, Part], None] = lambda _client, _part: None
    frame: Callable[[Client, dict[str, Any]], None] = lambda _client, _frame: None
    up: Callable[[Client], None] = lambda _client: None


@dataclass
class Client:
    """One socket, reopened for as long as `run` is not cancelled. Subclasses know how to greet and what they read."""

    url: str  # ws://host:port
    origin: str
    patience: Patience = field(default_factory=Patience)
    told: Told = field(default_factory=Told)
    timelines: dict[str, Timeline] = field(default_factory=dict)
    outbox: dict[str, Outgoing] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    reconnects: int = 0
    is_up: bool = False
    address: str | None = None  # of ours, to connect from

    path = "/"
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tasks: set[asyncio.Future[Any]] = set()
        self._socket: ClientConnection | None = None
        self._heard_at = 0.0
        self._failures = 0

    # What a subclass says

    def _hello(self) -> dict[str, Any]:
        raise NotImplementedError

    async def _welcomed(self, frame: dict[str, Any]) -> None:
        """After the desk's greeting: ask for what else is needed on this connection."""

    def _ask(self, conversation: str, timeline: Timeline) -> dict[str, Any]:
        return {"type": "sync", "conversation": conversation, "after": timeline.have}

    # Sending

    def post(self, conversation: str, body: str, client_id: str | None = None, **fields: Any) -> asyncio.Future[Part]:
        """Send a message until it comes back; the future is the part it became."""
        client_id = client_id or str(uuid.uuid4())
        frame = {"type": "message", "client_id": client_id, "conversation": conversation, "body": body, **fields}
        answer: asyncio.Future[Part] = asyncio.get_running_loop().create_future()
        self.outbox[client_id] = outgoing = Outgoing(frame, answer, 0.0)
        if self.is_up:
            self._try(outgoing)
        return answer

    def _try(self, outgoing: Outgoing) -> None:
        outgoing.next_try = time.monotonic() + self.patience.answer
        outgoing.tries += 1
        self.say(outgoing.frame)

    def say(self, frame: dict[str, Any]) -> None:
        """Send a frame now, or not at all."""
        if self._socket is not None:
            self._spawn(self._send(self._socket, frame))

    async def _send(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        try:
            await socket.send(orjson.dumps(frame), text=True)
        except (WebSocketException, OSError):
            return

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Staying connected

    async def run(self) -> None:
        tending = asyncio.create_task(self._tend())
        try:
            while True:
                code = await self._connect_once()
                self.is_up, self._socket = False, None
                self.reconnects += 1
                await asyncio.sleep(self._pause(code))
        finally:
            tending.cancel()

    async def _connect_once(self) -> int:
        try:
            async with connect(
                f"{self.url}{self.path}",
                origin=self.origin,  # type: ignore[arg-type]
                additional_headers=self.headers,
                compression=None,
                max_size=_LONGEST_FRAME,
                open_timeout=5,
                ping_interval=None,
                close_timeout=0.5,
                local_addr=(self.address, 0) if self.address else None,
            ) as socket:
                self._socket, self._heard_at = socket, time.monotonic()
                self.say(self._hello())
                async for text in socket:
                    await self._hear(orjson.loads(text))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        except (OSError, TimeoutError, WebSocketException, EOFError):
            return 1006
        else:
            return socket.close_code or 1006

    def _pause(self, code: int) -> float:
        """Full jitter, so that those who were cut off together do not come back together."""
        self._failures = 0 if code == _RESTARTING else self._failures + 1
        ceiling = self.patience.first_retry * 2.0 ** min(self._failures, 10)
        return random.random() * min(ceiling, self.patience.longest_retry)  # noqa: S311 - jitter

    def cut(self) -> None:
        """Lose the connection, without a goodbye."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _tend(self) -> None:
        """Ask again for whatever was not answered, and give up on a socket that has gone quiet."""
        await asyncio.sleep(random.random())  # noqa: S311 - jitter
        while True:
            await asyncio.sleep(0.5)
            now = time.monotonic()
            if self._socket is not None and now - self._heard_at > self.patience.silence:
                self.cut()
            if self.is_up:
                self._repeat(now)

    def _repeat(self, now: float) -> None:
        for outgoing in [each for each in self.outbox.values() if each.next_try <= now]:
            self._try(outgoing)
        for conversation, timeline in self.timelines.items():
            if timeline.is_behind and now - timeline.asked_at > self.patience.hole:
                self._fill(conversation, timeline, now)

    def _fill(self, conversation: str, timeline: Timeline, now: float) -> None:
        timeline.asked_at = now
        self.say(self._ask(conversation, timeline))

    # Hearing

    async def _hear(self, frame: dict[str, Any]) -> None:
        self._heard_at = time.monotonic()
        self.told.frame(self, frame)
        match frame["type"]:
            case "part":
                self._take(frame["part"])
            case "parts":
                self._take_many(frame)
            case "pulse":
                self._compare(frame["numbers"])
            case "error":
                self._regret(frame)
            case "welcome":
                await self._on_welcome(frame)
            case _:
                pass

    async def _on_welcome(self, frame: dict[str, Any]) -> None:
        await self._welcomed(frame)
        if not self.is_up:
            self.is_up, self._failures = True, 0
            self.told.up(self)
            for outgoing in list(self.outbox.values()):
                self._try(outgoing)

    def _timeline(self, conversation: str) -> Timeline | None:
        """Where parts of a conversation belong; None if they are of no interest any more."""
        return self.timelines.setdefault(conversation, Timeline())

    def _take(self, part: Part) -> None:
        conversation = part["conversation"]
        timeline = self._timeline(conversation)
        if timeline is None:
            return
        if timeline.apply(part):
            self.told.part(self, part)
        outgoing = self.outbox.pop(part["client_id"], None) if part["client_id"] else None
        if outgoing is not None and not outgoing.answer.done():
            outgoing.answer.set_result(part)
        now = time.monotonic()
        if timeline.is_behind and now - timeline.asked_at > self.patience.hole:
            self._fill(conversation, timeline, now)

    def _take_many(self, frame: dict[str, Any]) -> None:
        timeline = self._timeline(frame["conversation"])
        if timeline is None:
            return
        timeline.asked_at = time.monotonic()  # the answer to a question: parts in it are no new hole
        for part in frame["parts"]:
            self._take(part)
        timeline.hear_of(frame["last_number"])
        if not timeline.is_behind:
            timeline.asked_at = 0.0
        elif frame["parts"]:
            self._fill(frame["conversation"], timeline, time.monotonic())

    def _compare(self, numbers: dict[str, int]) -> None:
        now = time.monotonic()
        for conversation, number in numbers.items():
            timeline = self.timelines.get(conversation)
            if timeline is None:
                continue
            timeline.hear_of(number)
            if timeline.is_behind and now - timeline.asked_at > self.patience.hole:
                self._fill(conversation, timeline, now)

    def _regret(self, frame: dict[str, Any]) -> None:
        error = frame["error"]
        outgoing = self.outbox.get(frame.get("client_id") or "")
        if outgoing is None:
            self.errors.append(error)
        elif error["code"] in _PASSING:
            wait = max(float(error.get("retry_after") or 1.0), 0.2)
            outgoing.next_try = time.monotonic() + wait * (0.75 + random.random() / 2)  # noqa: S311 - jitter
        else:
            del self.outbox[frame["client_id"]]
            outgoing.answer.set_exception(Refused(error))
