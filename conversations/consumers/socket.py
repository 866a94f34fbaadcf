"""What both sockets have in common: reading frames, refusing bad ones, and a bounded way out.

This is a bare ASGI application and not a Channels consumer, because Channels hops to a thread for
every event it dispatches; that alone costs more than the rest of a message's way.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, ParamSpec, TypeVar

from django.utils import translation

from conversations import realtime
from conversations.consumers import eager
from conversations.consumers.admission import Rate, language
from conversations.consumers.threads import in_thread
from conversations.errors import BadRequest, Busy, Refusal
from conversations.frames import AgentHello, Frame, Hello, Shape, parse

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

HELLO_WITHIN = 5  # seconds
MAX_FRAMES_A_SECOND = 200
MAX_BAD, BAD_WITHIN = 5, 10  # unreadable frames, seconds
FAREWELL = 2  # seconds a client has to take what we say last
MAX_QUEUED, MAX_QUEUED_BYTES = 500, 1 << 20


class Closing(Exception):
    """Ends the socket with a close code of docs/protocol.md."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Gone(Exception):
    """The client closed, or the connection broke."""


class Outbox:
    """Frames on their way to one client. A client that reads too slowly is closed, not waited for."""

    __slots__ = ("_bytes", "_queue", "_send", "_writing", "closed")

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._send = send
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._writing: asyncio.Task[None] | None = None
        self.closed: tuple[int, str] | None = None

    def put(self, frame: bytes) -> None:
        if self.closed is not None:
            return
        if len(self._queue) >= MAX_QUEUED or self._bytes > MAX_QUEUED_BYTES:
            self._queue.clear()
            self.close(1013, "you read too slowly")
            return
        self._queue.append(frame)
        self._bytes += len(frame)
        self._wake()

    def close(self, code: int, reason: str = "") -> None:
        if self.closed is None:
            self.closed = code, reason
            self._wake()

    def abandon(self) -> None:
        """The client is gone: nothing more is sent."""
        self._queue.clear()
        self.closed = self.closed or (1006, "")

    async def finish(self) -> None:
        """Let what is queued go out, the close frame last; a client that does not take it is left."""
        if self._writing is not None:
            await asyncio.wait([self._writing], timeout=FAREWELL)

    def _wake(self) -> None:
        if self._writing is None:
            self._writing = eager.start(self._drain())

    async def _drain(self) -> None:
        try:
            while self._queue:
                frame = self._queue.popleft()
                self._bytes -= len(frame)
                await self._send({"type": "websocket.send", "text": frame.decode()})
            if self.closed is not None:
                code, reason = self.closed
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except Exception:  # noqa: BLE001 - the peer is gone: uvicorn says so in several ways, receive() ends the socket
            self._queue.clear()
        finally:
            self._writing = None


Handler = Callable[[Any, Any], Awaitable[None]]


class Socket:
    """One open websocket. Subclasses name their frames and handlers in literal tables."""

    shapes: ClassVar[Mapping[str, Shape]]
    handlers: ClassVar[Mapping[type, Handler]]

    def __init__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        self.scope, self._receive, self._send = scope, receive, send
        self.out = Outbox(send)
        self.speaks = language(scope)  # refusals are read by people
        self._frames = Rate(MAX_FRAMES_A_SECOND, 1)
        self._bad = Rate(MAX_BAD, BAD_WITHIN)
        self._awaiting: dict[bytes, None] = {}  # ids of parts delivered while an answer is awaited
        self.unanswered = 0

    # For subclasses

    def admit(self) -> bool:
        raise NotImplementedError

    async def goodbye(self) -> None:
        """Leave groups; called once, however the socket ended."""

    # The life of a socket

    async def run(self) -> None:
        await self._receive()  # websocket.connect
        if not self.admit():
            await self._send({"type": "websocket.close", "code": 4403})
            return
        try:
            await self._send({"type": "websocket.accept"})
            await self._serve()
        except Gone:
            self.out.abandon()
        except Closing as closing:
            self.out.close(closing.code, closing.reason)
        finally:
            await self.goodbye()
            await self.out.finish()

    async def _serve(self) -> None:
        deadline = asyncio.get_running_loop().time() + HELLO_WITHIN
        while not await self._greeted(deadline):
            pass
        while True:
            if (frame := await self._next()) is not None:
                await self._handle(frame)

    async def _greeted(self, deadline: float) -> bool:
        """The clock runs for the client's hello, not for our answer: a desk that is busy with many hellos must not
        send those away who said theirs, or they would all come again."""
        try:
            async with asyncio.timeout_at(deadline):
                frame = await self._next()
        except TimeoutError:
            raise Closing(4408, "say hello within 5 seconds") from None
        if isinstance(frame, Hello | AgentHello):
            return await self._handle(frame)
        if frame is not None:
            self.refuse(BadRequest("unknown_type", "Say hello first.", field="type"))
        return False

    async def _next(self) -> Frame | None:
        """The next frame; None for one that was refused."""
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            raise Gone
        raw = event.get("text")
        if raw is None:
            raise Closing(1003, "text frames only")
        if self._frames.take():
            raise Closing(4429, f"at most {MAX_FRAMES_A_SECOND} frames a second")
        return self._parsed(raw)

    def _parsed(self, raw: str) -> Frame | None:
        try:
            return parse(raw, self.shapes)
        except BadRequest as problem:
            self.refuse(problem)
            if problem.code not in _READABLE and self._bad.take():
                raise Closing(4400, "too many unreadable frames") from None
            return None

    async def _handle(self, frame: Frame) -> bool:
        """Whether the frame was carried out."""
        try:
            await self.handlers[type(frame)](self, frame)
        except Refusal as refusal:
            self.refuse(refusal, client_id=getattr(frame, "client_id", None))
            return False
        except (Closing, Gone):
            raise
        except Exception:
            request_id = secrets.token_hex(8)
            log.exception("frame %s failed, request_id %s", type(frame).__name__, request_id)
            self.refuse(Busy(), client_id=getattr(frame, "client_id", None), request_id=request_id)
            return False
        return True

    # Answers

    def send(self, kind: str, /, **fields: Any) -> None:
        self.out.put(realtime.frame(kind, **fields))

    def refuse(self, refusal: Refusal, *, client_id: Any = None, request_id: str = "") -> None:
        with translation.override(self.speaks):
            fields: dict[str, Any] = {**refusal.envelope(request_id)}
        if client_id is not None:
            fields["client_id"] = client_id
        self.send("error", **fields)

    def on_push(self, payload: bytes) -> None:
        """A ready-made frame from the hub, behind the id of the part it carries."""
        if self.unanswered:
            self._awaiting[payload[:16]] = None
        self.out.put(payload[16:])

    def answered(self, part_id: bytes) -> bool:
        """One answer fewer is awaited; whether its part has come by the hub already."""
        came = self._awaiting.pop(part_id, 0) is None
        self.unanswered -= 1
        if not self.unanswered:
            self._awaiting.clear()
        return came

    async def thread(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await in_thread(work, *args, **kwargs)


# Frames we could read, whose content is refused: no reason to think the peer is broken.
_READABLE = frozenset(
    {
        "unknown_type", "unknown_field", "missing_field", "invalid_type", "unknown_value",
        "invalid_cursor", "text_too_long", "too_many_files",
    }
)  # fmt: skip
