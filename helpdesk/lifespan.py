"""A web process's birth and death, as the ASGI server announces them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Hook = Callable[[], Awaitable[None]]


class Lifespan:
    """Run one hook before the first request and one after the last."""

    def __init__(self, startup: Hook, shutdown: Hook) -> None:
        self.hooks = {"lifespan.startup": startup, "lifespan.shutdown": shutdown}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the lifespan protocol until the server says goodbye."""
        message = {"type": ""}
        while message["type"] != "lifespan.shutdown":
            message = await receive()
            await self.hooks[message["type"]]()
            await send({"type": f"{message['type']}.complete"})
