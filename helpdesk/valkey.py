"""The server for queue, cache and live updates."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

from helpdesk.engine import Engine
from helpdesk.places import Places
from helpdesk.state import State


class Valkey(Engine):
    """Queue, cache and live updates. All of it can be lost; what matters is in PostgreSQL."""

    name = "valkey"
    patience = 30.0
    signals = {"fast": signal.SIGTERM, "immediate": signal.SIGKILL}
    death = signal.SIGTERM

    def __init__(self, state: State, places: Places, program: Path) -> None:
        super().__init__(state, places)
        self.program = program

    @property
    def socket(self) -> Path:
        return self.places.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def prepare(self) -> None:
        """A killed server leaves its socket behind."""
        self.socket.unlink(missing_ok=True)

    def command(self) -> list[str | Path]:
        """`valkey-server`, losing a second of writes at most, and never dropping a key to make room."""
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "loglevel": "warning",
        }
        flags = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return [self.program, *flags, "--client-output-buffer-limit", "pubsub", "256mb", "64mb", "60"]

    def answers(self) -> bool:
        """Whether it has loaded its data: until then it answers with an error."""
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(2)
                link.connect(str(self.socket))
                link.sendall(b"PING\r\n")
                return link.recv(64).startswith(b"+PONG")
        except OSError:
            return False
