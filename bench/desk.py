"""A real desk for measuring and for breaking: the supervisor of `bin/up` with a state directory of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.request import urlopen

from helpdesk import control
from helpdesk.children import finish, spawn
from helpdesk.state import CHECKOUT, Run, State

_START_PATIENCE = 120.0


class DeskFailed(Exception):
    """The desk did not start; its own words say why."""


@dataclass(frozen=True)
class Population:
    """Who works in the desk under test: an agent for each team, a site for each team, and managers who see it all."""

    sites: list[str]
    agents: list[str]  # Cookie headers
    managers: list[str]


@dataclass
class Desk:
    """Started by `with`, stopped at its end."""

    root: Path
    port: int
    web: int = 2
    env: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state = State.at(self.root)
        self.url = f"http://127.0.0.1:{self.port}"
        self.wire = f"ws://127.0.0.1:{self.port}"
        self.log = self.root / "desk.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable,
            "-m",
            "helpdesk.up",
            "--state",
            str(self.root),
            "--port",
            str(self.port),
            "--no-demo",
        ]
        env = {**os.environ, "PARLEY_URL": self.url, "PYTHONPATH": str(CHECKOUT), **self.env}
        for name in ("DATABASE_URL", "REDIS_URL", "PARLEY_STATE"):
            env.pop(name, None)
        with self.log.open("ab") as output:
            self._process = spawn([*command, "--web", str(self.web)], env=env, output=output, cwd=CHECKOUT)
        self._await_opening(self._process)

    def _await_opening(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_PATIENCE
        while not self.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise DeskFailed(self.log.read_text(errors="replace")[-2000:])
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process is not None:
            finish(self._process, signal.SIGTERM, 40)
            self._process = None

    # Looking

    @property
    def run(self) -> Run:
        run = self.state.read_run()
        if run is None:
            raise DeskFailed("the desk wrote no run.json")
        return run

    def answers(self) -> bool:
        """Whether a web process serves requests."""
        try:
            with urlopen(f"{self.url}/healthz", timeout=1) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def valkey_answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(1)
                link.connect(self.run.valkey_socket)
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def pid(self, name: str) -> int:
        return int(self.state.pid_file(name).read_text())

    def web_pids(self) -> list[int]:
        return [self.pid(f"web-{number}") for number in range(self.web)]

    # Breaking

    def signal(self, name: str, number: signal.Signals) -> None:
        os.kill(self.pid(name), number)

    def stop_engine(self, name: str, mode: str = "fast") -> None:
        control.give(self.state, control.Order(name, "stop", mode))

    def start_engine(self, name: str, *, is_empty: bool = False) -> None:
        control.give(self.state, control.Order(name, "start", is_empty=is_empty))

    def drop_pushes(self, share: float) -> None:
        """Only with `bench.dropping.DroppingLayer`."""
        (self.root / "drop").write_text(str(share))

    # Filling

    def populate(self, *, teams: int, managers: int) -> Population:
        """Agents with open sessions, and a site for each team, so that each agent sees one team's conversations."""
        command = [sys.executable, "-m", "bench.seed", "--teams", str(teams), "--managers", str(managers)]
        env = {**os.environ, "PARLEY_STATE": str(self.root), "PARLEY_URL": self.url}
        for name in ("DATABASE_URL", "REDIS_URL"):
            env.pop(name, None)
        made = subprocess.run(command, env=env, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE)
        return Population(**json.loads(made.stdout))


@contextmanager
def temporary_state(given: Path | None) -> Iterator[Path]:
    """`given`, or a directory that is gone afterwards."""
    if given is not None:
        yield given
        return
    root = Path(tempfile.mkdtemp(prefix="parley-bench-"))
    root.chmod(0o711)  # the engines' user passes through
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
