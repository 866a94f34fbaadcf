"""The messenger as a customer sees it, through the page of somebody else that it stands on."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import FloatRect, Frame, FrameLocator, Locator, Page, WebSocket, WebSocketRoute, expect

from tests.journeys.hosting import Host


def settles(element: Locator, place: FloatRect) -> None:
    """It ends up exactly there; what slides in is elsewhere at first."""
    for _ in range(100):
        if element.bounding_box() == place:
            return
        element.page.wait_for_timeout(50)
    assert element.bounding_box() == place


class Messenger:
    """One visitor's view of one page."""

    def __init__(self, page: Page, host: Host) -> None:
        self.page, self.host = page, host
        self.problems: list[str] = []
        self.sent: list[dict[str, Any]] = []
        self.received: list[dict[str, Any]] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self.sent.append(json.loads(payload)))
        socket.on("framereceived", lambda payload: self.received.append(json.loads(payload)))

    @property
    def inside(self) -> FrameLocator:
        return self.page.frame_locator("parley-launcher iframe")

    @property
    def frame(self) -> Frame:
        """The messenger's own document, to run scripts in."""
        return next(each for each in self.page.frames if "/messenger/" in each.url)

    @property
    def launcher(self) -> Locator:
        return self.page.locator("parley-launcher button")

    @property
    def text(self) -> Locator:
        return self.inside.get_by_label("Your message")

    @property
    def parts(self) -> Locator:
        return self.inside.locator("[data-log] li:visible")

    @property
    def badge(self) -> Locator:
        return self.page.locator("parley-launcher b")

    def visit(self, url: str | None = None) -> Messenger:
        self.page.goto(url or self.host.page())
        return self

    def open(self) -> Messenger:
        """Click the launcher."""
        self.launcher.click()
        expect(self.inside.locator("parley-messenger:defined")).to_be_visible()
        return self

    def begin(self) -> Messenger:
        """Go to a new conversation."""
        self.inside.get_by_role("button", name="Send us a message").click()
        expect(self.text).to_be_focused()
        return self

    def write(self, *texts: str) -> Messenger:
        """Type and press Enter."""
        for text in texts:
            self.text.fill(text)
            self.text.press("Enter")
        return self

    def say(self, text: str) -> Messenger:
        """Write, and wait until the desk has it."""
        self.write(text)
        expect(self.part(text)).to_contain_text("Sent")
        return self

    def part(self, text: str) -> Locator:
        return self.inside.locator("[data-log] li").filter(has_text=text)

    def sent_types(self) -> list[str]:
        return [frame["type"] for frame in self.sent]


class Wire:
    """Stands between messenger and desk: frames can be lost, the line can be cut.

    It works only while Playwright waits for something, so expect what was sent before asking the desk for it.
    """

    def __init__(self) -> None:
        self.is_cut = False
        self.is_deaf = False  # nothing reaches the client
        self.lose_up: list[str] = []  # types of the next frames from the client to lose
        self.lose_down: list[str] = []
        self.sent: list[dict[str, Any]] = []  # by the client, lost or not
        self._open: list[WebSocketRoute] = []

    def __call__(self, route: WebSocketRoute) -> None:
        if self.is_cut:
            route.close(code=1012)
            return
        server = route.connect_to_server()
        self._open.append(route)
        route.on_message(lambda payload: self._up(server, payload))
        server.on_message(lambda payload: self._down(route, payload))

    def _down(self, client: WebSocketRoute, payload: str | bytes) -> None:
        if not self.is_deaf:
            pass_on(client, payload, self.lose_down)

    def _up(self, server: WebSocketRoute, payload: str | bytes) -> None:
        self.sent.append(json.loads(payload))
        pass_on(server, payload, self.lose_up)

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """What the client sent of one kind."""
        return [frame for frame in self.sent if frame["type"] == kind]

    def say(self, **frame: Any) -> None:
        """A frame to the client that the desk never sent."""
        self._open[-1].send(json.dumps(frame))

    def cut(self) -> None:
        self.is_cut = True
        for route in self._open:
            route.close(code=1012)
        self._open.clear()

    def mend(self) -> None:
        self.is_cut = False


def pass_on(to: WebSocketRoute, payload: str | bytes, losing: list[str]) -> None:
    """Unless the next frame of that kind is to be lost."""
    kind = json.loads(payload)["type"]
    if kind in losing:
        losing.remove(kind)
    else:
        to.send(payload)
