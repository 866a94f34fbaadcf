"""A real desk for tests: the supervisor and all its children, with a state directory and a port of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from helpdesk.children import spawn
from helpdesk.state import CHECKOUT, State

READY = "ready http"


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def clean_environment(**extra: str) -> dict[str, str]:
    """Our environment without any setting of a desk."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    for name in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"):
        ours.pop(name, None)
    return {**ours, **extra}


class Desk:
    """One desk: start it, use it at `url`, break it, stop it."""

    def __init__(self, root: Path, *options: str, **settings: str) -> None:
        self.state = root
        self.paths = State(root)
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.options = options
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """Everything the desk has printed."""
        path = self.state / "up.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self) -> Desk:
        """Start it and wait until it says that it is ready."""
        self.state.mkdir(parents=True, exist_ok=True)
        said = len(self.log)
        command = [sys.executable, "-m", "helpdesk.up", "--port", str(self.port), "--state", str(self.state)]
        with (self.state / "up.log").open("ab") as output:
            # A test run that is killed takes its desks along, like a supervisor its children.
            self.process = spawn(
                [*command, *self.options], env=clean_environment(**self.settings), output=output, cwd=CHECKOUT
            )
        try:
            wait_until(lambda: READY in self.log[said:] or self._has_ended(), what="the desk to be ready")
        except AssertionError:
            self.remove()
            raise
        if self._has_ended():
            raise AssertionError(f"the desk did not start:\n{self.log[said:]}")
        return self

    def _has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> int:
        """Stop it in order; its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def remove(self) -> None:
        """Stop it and delete its data."""
        self.stop()
        shutil.rmtree(self.state, ignore_errors=True)

    def manage(self, *arguments: str, check: bool = True) -> str:
        """What a management command of this desk prints; it must succeed, or with `check=False` fail."""
        command = [sys.executable, "-m", "helpdesk.command", "--state", str(self.state), *arguments]
        done = subprocess.run(
            command, cwd=CHECKOUT, env=clean_environment(**self.settings), capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        assert (done.returncode == 0) == check, said
        return said

    @property
    def logins(self) -> list[dict[str, str]]:
        """The demo desk's sign-ins: email, password and role of each."""
        found: list[dict[str, str]] = json.loads(self.paths.demo.read_text())["logins"]
        return found

    def pid(self, name: str) -> int:
        """The process called `postgres`, `valkey`, `beat`, `worker` or `web-0`, `web-1`, …"""
        return int(self.paths.pid_file(name).read_text())

    def kill(self, name: str, sign: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to one of the desk's processes; its id, which its successor will not have."""
        pid = self.pid(name)
        os.kill(pid, sign)
        return pid

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and body of one request."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def readiness(self) -> Any:
        """The body of `/readyz`."""
        return json.loads(self.get("/readyz")[1])


def wait_until(condition: Any, what: str, patience: float = 180.0) -> None:
    """Wait for something that happens soon; patience is long, because it only matters when it never does."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:.0f} s in vain for {what}")
        time.sleep(0.02)


def exists(pid: int) -> bool:
    """Whether the process is alive; one that only waits for its parent to notice its end is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
