"""One server of ours: a foreground child, reachable over a unix socket only.

Only the programs of the packages are used. Their own start-up code would detach the servers and open the permissions of
every directory above the data.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, ClassVar

from helpdesk.children import finish, spawn
from helpdesk.places import Places
from helpdesk.state import State, replace_text

LOCALE = "C.UTF-8"
LOCK_PATIENCE = 15.0
_PAUSE = 0.02
_KEPT_LOG = 8 * 1024 * 1024


class EngineError(Exception):
    """An engine does not run; the text says what to do."""


class Engine(ABC):
    """One server of ours: a data directory, a process, and a way to ask whether it answers."""

    name: str
    patience = 60.0
    signals: ClassVar[dict[str, signal.Signals]]
    death: ClassVar[signal.Signals]

    def __init__(self, state: State, places: Places) -> None:
        self.state, self.places = state, places
        self.data = places.data / self.name
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def log(self) -> Path:
        return self.places.logs / f"{self.name}.log"

    def start(self) -> None:
        """Start the server and return once it answers."""
        self.places.private(self.data)
        self.places.private(self.places.sockets)
        with self._sole_use() as guard, open_log(self.log) as output:
            self.prepare()
            self.process = spawn(
                self.command(),
                env=engine_environment(),
                output=output,
                account=self.places.account,
                death=self.death,
                pass_fds=[guard],
                cwd=Path("/"),
            )
        replace_text(self.state.pid_file(self.name), f"{self.process.pid}\n")
        self._await_answer(self.process)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `fast` is orderly, `immediate` is as good as pulling the plug."""
        if self.process is not None:
            finish(self.process, self.signals[mode], 30)
        self.state.pid_file(self.name).unlink(missing_ok=True)

    def forget(self) -> None:
        """Lose everything, as a server does whose disk was replaced."""
        shutil.rmtree(self.data, ignore_errors=True)

    @abstractmethod
    def prepare(self) -> None:
        """Whatever must be there before the program starts."""

    @abstractmethod
    def command(self) -> list[str | Path]:
        """The program and its arguments."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether a client would be served now."""

    def _await_answer(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self.patience
        while not self.answers():
            if process.poll() is not None:
                raise EngineError(f"{self.name} ended at once (exit {process.returncode}):\n{tail(self.log)}")
            if time.monotonic() > deadline:
                raise EngineError(f"{self.name} has not answered for {self.patience:.0f} s, see {self.log}")
            time.sleep(_PAUSE)

    @contextmanager
    def _sole_use(self) -> Iterator[int]:
        """A lock that the server and its children inherit: having it means that a former server has ended entirely.

        After a kill, PostgreSQL's backends and Valkey's last write outlive their parent for a moment.
        """
        guard = os.open(self.places.data / f"{self.name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(guard, f"another {self.name} still uses {self.data}")
            yield guard
        finally:
            os.close(guard)


def engine_environment() -> dict[str, str]:
    """Little: the engines need none of our secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ}
    return {**kept, "LC_ALL": LOCALE, "LANG": LOCALE}


def open_log(path: Path) -> IO[bytes]:
    """Append, but start afresh before the file becomes a burden. What went wrong is the owner's alone to read."""
    is_long = path.exists() and path.stat().st_size > _KEPT_LOG
    log = path.open("wb" if is_long else "ab")
    os.fchmod(log.fileno(), 0o600)
    return log


def _lock(guard: int, complaint: str) -> None:
    deadline = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            return fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise EngineError(complaint) from None
            time.sleep(_PAUSE)


def tail(path: Path) -> str:
    return path.read_text(errors="replace")[-1500:].strip()
