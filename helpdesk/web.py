"""One web process. The supervisor has opened the port and passes it on, so that no restart ever closes it."""

from __future__ import annotations

import gc
import os
import socket
import sys

import uvicorn

from helpdesk.coalescing import CoalescingProtocol

MAX_FRAME = 64 * 1024


class Server(uvicorn.Server):
    """uvicorn, with the objects of start-up taken out of the garbage collector's rounds, and longer between them: a
    batch of messages keeps some ten thousand objects for a moment, none of which is in a cycle."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start serving."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(5_000, 10, 10)


def config() -> uvicorn.Config:
    """How we serve: small frames, short queues, no compression (it costs memory for each socket), quick pings."""
    return uvicorn.Config(
        "helpdesk.asgi:application",
        loop="uvloop",
        http="httptools",
        ws=CoalescingProtocol,
        ws_max_size=MAX_FRAME,
        ws_max_queue=16,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=10,
        lifespan="on",
        timeout_graceful_shutdown=5,
        timeout_keep_alive=15,
        backlog=2048,
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        date_header=False,
    )


def main() -> None:
    """Serve on the listening socket whose descriptor is the only argument."""
    # Django's views run in threads beside the event loop: at Python's 5 ms a busy one delays every message as much.
    sys.setswitchinterval(0.0002)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    Server(config()).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
