"""A plain client of the wire, for tests: sends what it is told and shows what comes."""

from __future__ import annotations

import json
import secrets
import time
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.desk import Desk

Frame = dict[str, Any]
PATIENCE = 20


class Wire:
    """One websocket. Every frame that came stands in `seen`."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.seen: list[Frame] = []

    def send(self, kind: str, /, **fields: Any) -> None:
        self.raw(json.dumps({"type": kind, **fields}, default=str))

    def raw(self, frame: str | bytes) -> None:
        self.connection.send(frame)

    def next(self, wanted: str | Callable[[Frame], bool], patience: float = PATIENCE) -> Frame:
        """The next frame of a kind, or that fits; others are passed over (and kept in `seen`)."""
        fits = (lambda frame: frame["type"] == wanted) if isinstance(wanted, str) else wanted
        deadline = time.monotonic() + patience
        while (left := deadline - time.monotonic()) > 0:
            frame: Frame = json.loads(self.connection.recv(timeout=left))
            self.seen.append(frame)
            if fits(frame):
                return frame
        raise AssertionError(f"waited in vain for {wanted}; came: {self.seen[-5:]}")

    def error(self) -> Frame:
        found: Frame = self.next("error")["error"]
        return found

    def hears_nothing_of(self, unwanted: str, until: str) -> None:
        """Read until a frame of kind `until`; none before it mentions `unwanted`."""
        start = len(self.seen)
        self.next(until)
        assert unwanted not in json.dumps(self.seen[start:])

    def first(self) -> str | int:
        """The kind of the first frame, or the close code that came instead."""
        try:
            kind: str = json.loads(self.connection.recv(timeout=PATIENCE))["type"]
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        return kind

    def closed_with(self) -> int:
        """Read on until the other side closes; its close code."""
        try:
            while True:
                self.seen.append(json.loads(self.connection.recv(timeout=PATIENCE)))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, it: BaseException | None, where: TracebackType | None) -> None:
        self.close()


def new_token() -> str:
    return secrets.token_urlsafe(32)


def dial(desk: Desk, path: str, **options: Any) -> Wire:
    address = f"ws://127.0.0.1:{desk.port}{path}"
    return Wire(connect(address, ping_interval=None, legacy=True, max_size=None, **options))


def messenger(desk: Desk, token: str | None = None, site: str = "test", **hello: Any) -> Wire:
    """A customer's socket that has said hello."""
    wire = dial(desk, "/ws/messenger/")
    wire.send("hello", protocol=1, site=site, token=token or new_token(), **hello)
    return wire


def inbox(desk: Desk, cookie: str, *, hello: bool = True) -> Wire:
    """An agent's socket that has said hello."""
    origin = f"http://127.0.0.1:{desk.port}"
    wire = dial(desk, "/ws/inbox/", origin=origin, additional_headers={"Cookie": f"parley={cookie}"})
    if hello:
        wire.send("hello", protocol=1)
        wire.next("welcome")
    return wire


def write(wire: Wire, conversation: str, body: str, **fields: Any) -> Frame:
    """Send a message and wait for its echo, which says that it is stored."""
    client_id = str(uuid.uuid4())
    wire.send("message", client_id=client_id, conversation=conversation, body=body, **fields)
    frame = wire.next(lambda frame: client_id in (frame.get("client_id"), frame.get("part", {}).get("client_id")))
    assert frame["type"] == "part", frame
    part: Frame = frame["part"]
    return part


def begin(wire: Wire, body: str = "Hello") -> str:
    """Start a conversation; its id."""
    conversation = str(uuid.uuid4())
    wire.next("welcome")
    write(wire, conversation, body, start=True)
    return conversation
