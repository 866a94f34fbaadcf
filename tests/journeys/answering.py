"""An agent without a browser: journeys of customers need somebody who answers."""

from __future__ import annotations

import json
import re
import time
import uuid
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from websockets import Origin
from websockets.sync.client import ClientConnection, connect


class Answering:
    """Signed in at `url`, speaking docs/protocol.md on the inbox's socket."""

    def __init__(self, url: str, email: str, password: str) -> None:
        jar = CookieJar()
        opener = build_opener(HTTPCookieProcessor(jar))
        with opener.open(f"{url}/login/") as page:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
        assert token, "no sign-in form"
        form = {"username": email, "password": password, "csrfmiddlewaretoken": token[1], "next": "/w.js"}
        opener.open(f"{url}/login/", urlencode(form).encode()).close()
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
        address = url.replace("http", "ws", 1) + "/ws/inbox/"
        # An ordinary connection: as a context manager it would end with this statement.
        self.socket: ClientConnection = connect(
            address, additional_headers={"Cookie": cookies}, origin=Origin(url), legacy=True
        )
        self.send("hello", protocol=1)
        self.wait("welcome")

    def __enter__(self) -> Answering:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, frame: str, /, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": frame, **fields}))

    def wait(self, kind: str, seconds: float = 20) -> dict[str, Any]:
        """The next frame of that kind."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            frame: dict[str, Any] = json.loads(self.socket.recv(timeout=left))
            assert frame["type"] != "error", frame
            if frame["type"] == kind:
                return frame
        raise AssertionError(f"no {kind} within {seconds} s")

    def open(self, conversation: str) -> list[dict[str, Any]]:
        """Open a thread; its parts."""
        self.send("open", conversation=conversation)
        parts: list[dict[str, Any]] = self.wait("parts")["parts"]
        return parts

    def reply(self, conversation: str, body: str, **fields: Any) -> dict[str, Any]:
        """Write to the customer and wait until it is stored."""
        return self._post(conversation, "message", body, **fields)

    def note(self, conversation: str, body: str) -> dict[str, Any]:
        return self._post(conversation, "note", body)

    def _post(self, conversation: str, kind: str, body: str, **fields: Any) -> dict[str, Any]:
        client_id = str(uuid.uuid4())
        self.send("message", client_id=client_id, conversation=conversation, kind=kind, body=body, **fields)
        while (part := self.wait("part")["part"])["client_id"] != client_id:
            pass
        stored: dict[str, Any] = part
        return stored

    def find(self, text: str, seconds: float = 20) -> str:
        """The conversation whose last message is `text`, as soon as it shows in the list."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            for row in self.wait("rows", left)["rows"]:
                if row["snippet"] == text:
                    found: str = row["id"]
                    return found
        raise AssertionError(f"nobody wrote {text!r}")
