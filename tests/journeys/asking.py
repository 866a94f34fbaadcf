"""A customer without a browser: journeys of agents need somebody who asks."""

from __future__ import annotations

import json
import secrets
import time
import uuid
from contextlib import ExitStack
from typing import Any

import jwt
from websockets.sync.client import connect

Frame = dict[str, Any]


class Asking:
    """A customer called `name`, vouched for by the site, speaking docs/protocol.md on the messenger's socket."""

    def __init__(self, url: str, site: str, kid: str, secret: str, name: str) -> None:
        claims = {"sub": str(uuid.uuid4()), "name": name, "aud": site, "exp": int(time.time()) + 3600}
        identity = jwt.encode(claims, secret, "HS256", headers={"kid": kid})
        self.name = name
        self.seen: list[Frame] = []
        self._ends = ExitStack()
        self.socket = self._ends.enter_context(connect(url.replace("http", "ws", 1) + "/ws/messenger/"))
        self.send("hello", protocol=1, site=site, token=secrets.token_urlsafe(32), identity=identity, language="es")
        self.wait("welcome")

    def close(self) -> None:
        self._ends.close()

    def send(self, frame: str, /, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": frame, **fields}))

    def wait(self, frame: str, /, seconds: float = 20, **wanted: Any) -> Frame:
        """The next frame of that type, about a part with the wanted facts if there are any."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            came: Frame = json.loads(self.socket.recv(timeout=left))
            self.seen.append(came)
            assert came["type"] != "error", came
            if came["type"] == frame and wanted.items() <= came.get("part", {}).items():
                return came
        raise AssertionError(f"no {frame} within {seconds} s")

    def begin(self, body: str, page: Frame | None = None) -> str:
        """Start a conversation; its id."""
        conversation = str(uuid.uuid4())
        self.write(conversation, body, start=True, **({"page": page} if page else {}))
        return conversation

    def write(self, conversation: str, body: str, **more: Any) -> None:
        """Write, and wait until it is stored."""
        client_id = str(uuid.uuid4())
        for _ in range(20):
            self.send("message", client_id=client_id, conversation=conversation, body=body, **more)
            if self._stored(client_id):
                return
            time.sleep(1)
        raise AssertionError("the desk never took it")

    def _stored(self, client_id: str) -> bool:
        """Whether the desk took it; False when it asked for patience."""
        while True:
            came: Frame = json.loads(self.socket.recv(timeout=20))
            self.seen.append(came)
            if came.get("client_id") == client_id:
                assert came["error"]["code"] == "slow_down", came
                return False
            if came.get("part", {}).get("client_id") == client_id:
                return True

    def everything(self, seconds: float = 1.0) -> list[Frame]:
        """Every frame that ever came, and those that still come within a moment."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                self.seen.append(json.loads(self.socket.recv(timeout=left)))
            except TimeoutError:
                break
        return self.seen
