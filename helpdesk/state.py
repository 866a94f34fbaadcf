"""The state directory: everything a desk keeps outside its code, and where in it each thing lies."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Addresses:
    """Where clients find the engines; `pg_dsn` is the maintenance database."""

    database_url: str
    redis_url: str
    pg_dsn: str
    valkey_socket: str


@dataclass(frozen=True)
class Run:
    """What a running desk tells others: written by whoever holds the lock, removed when it lets go.

    `kind` is "desk" for a supervisor, or "command" for a management command that started the engines for itself.
    """

    kind: str
    pid: int
    url: str
    port: int
    database_url: str
    redis_url: str
    pg_dsn: str
    valkey_socket: str

    @classmethod
    def of(cls, kind: str, addresses: Addresses, url: str, port: int = 0) -> Run:
        """What this process has running."""
        return cls(kind=kind, pid=os.getpid(), url=url, port=port, **asdict(addresses))


@dataclass(frozen=True)
class State:
    """Paths below one state directory."""

    root: Path

    @classmethod
    def at(cls, path: str | Path | None) -> State:
        """The state directory at `path`, or `var/` in the checkout."""
        return cls(Path(path).expanduser().resolve() if path else CHECKOUT / "var")

    @property
    def lock(self) -> Path:
        return self.root / "supervisor.lock"

    @property
    def run_file(self) -> Path:
        return self.root / "run.json"

    @property
    def secret(self) -> Path:
        return self.root / "secret"

    @property
    def control(self) -> Path:
        return self.root / "control"

    @property
    def media(self) -> Path:
        return self.root / "media"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def imports(self) -> Path:
        return self.root / "imports"

    @property
    def static(self) -> Path:
        return self.root / "static"

    @property
    def demo(self) -> Path:
        return self.root / "demo.json"

    @property
    def digest(self) -> str:
        """Eight letters that name this directory elsewhere, where a path would be too long."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:8]

    def pid_file(self, name: str) -> Path:
        return self.root / f"{name}.pid"

    def create(self) -> None:
        """Make the directory; other users may pass through it (the engines must) but not list it."""
        self.root.mkdir(parents=True, exist_ok=True)
        if not os.access(self.root, os.W_OK):
            raise PermissionError(f"{self.root} belongs to another user; run as that user, or choose another --state")
        if self.root.stat().st_uid == os.geteuid():
            self.root.chmod(0o711)

    def write_run(self, run: Run) -> None:
        """For the owner alone: the addresses of engines that are not ours hold passwords."""
        replace_text(self.run_file, json.dumps(asdict(run), indent=1), mode=0o600)

    def read_run(self) -> Run | None:
        try:
            return Run(**json.loads(self.run_file.read_text()))
        except (OSError, ValueError, TypeError):
            return None


def replace_text(path: Path, text: str, mode: int = 0o666) -> None:
    """Write a file so that a reader sees the old text or the new, never half of either."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
    fresh.replace(path)
