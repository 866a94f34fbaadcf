"""Long-running programs of the desk, and the patience to start them again when they end."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from helpdesk.children import describe_end, finish, spawn
from helpdesk.console import say
from helpdesk.engine import EngineError
from helpdesk.state import CHECKOUT, State, replace_text

_MEMORY = 60.0
_FIRST_DELAY, _LONGEST_DELAY = 0.25, 15.0


class Startable(Protocol):
    """An engine or a program: whatever can be kept running."""

    name: str
    process: subprocess.Popen[bytes] | None

    def start(self) -> None:
        """Start it."""


@dataclass
class Program:
    """One of our own processes: beat, a worker, a web process."""

    name: str
    state: State
    command: Sequence[str]
    env: Mapping[str, str]
    grace: float
    pass_fds: Sequence[int] = ()
    niceness: int = 0
    process: subprocess.Popen[bytes] | None = None
    _kill_at: float | None = None

    def start(self) -> None:
        """Start it. Should we be killed it is killed too: without us its database goes away in the same moment."""
        self._kill_at = None
        self.process = spawn(
            self.command,
            env=self.env,
            death=signal.SIGKILL,
            niceness=self.niceness,
            pass_fds=self.pass_fds,
            cwd=CHECKOUT,
        )
        replace_text(self.state.pid_file(self.name), f"{self.process.pid}\n")

    def stop(self) -> None:
        """End it and wait until it is gone."""
        if self.process is not None and not finish(self.process, signal.SIGTERM, self.grace):
            say(f"{self.name} did not end within {self.grace:.0f} s and was killed")
        self.state.pid_file(self.name).unlink(missing_ok=True)

    def end_soon(self, now: float) -> None:
        """Ask it to end, without waiting; whoever tends it starts it again."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self._kill_at = now + self.grace

    def insist(self, now: float) -> None:
        """Kill it if it was asked to end long ago."""
        if self.process is not None and self._kill_at is not None and now > self._kill_at:
            self.process.kill()


@dataclass
class Watched:
    """Something that must run: started again after it ends, more slowly the more often that happens."""

    thing: Startable
    on_return: Callable[[], None] = lambda: None
    is_held: bool = False
    _ends: list[float] = field(default_factory=list)
    _due: float | None = None

    @property
    def is_running(self) -> bool:
        return self.thing.process is not None and self.thing.process.poll() is None

    @property
    def recent_ends(self) -> int:
        """How often it has ended of late."""
        return len(self._ends)

    def tend(self, now: float) -> None:
        """Look after it; called many times a second."""
        if self.is_held or self.is_running:
            return
        if self._due is None:
            self._schedule(now)
        elif now >= self._due:
            self.revive()

    def revive(self) -> None:
        """Start it again."""
        self._due = None
        try:
            self.thing.start()
        except (EngineError, OSError) as error:  # a full disk, too many processes: that passes
            say(f"{self.thing.name} did not start: {error}")
            return
        say(f"{self.thing.name} is back")
        self.on_return()

    def _schedule(self, now: float) -> None:
        self._ends = [*(end for end in self._ends if now - end < _MEMORY), now]
        delay = min(_FIRST_DELAY * 2 ** (len(self._ends) - 1), _LONGEST_DELAY)
        self._due = now + delay
        say(f"{self.thing.name} {describe_end(self.thing.process)}; starting it again in {delay:g} s")


def wait_for(process: subprocess.Popen[bytes], is_stopping: Callable[[], bool]) -> int | None:
    """The exit code of a process, or None when we were asked to stop, and ended it, before it was done."""
    while process.poll() is None:
        if is_stopping():
            finish(process, signal.SIGTERM, 5)
            return None
        time.sleep(0.05)
    return process.returncode
