"""Everything a desk consists of, started in order, kept running, and stopped in order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple

from helpdesk import control
from helpdesk.children import spawn
from helpdesk.console import say
from helpdesk.engines import Engines
from helpdesk.environment import Environment
from helpdesk.preparation import StaticFiles, Tables
from helpdesk.services import Program, Watched, wait_for
from helpdesk.state import CHECKOUT, Run, State

_PYTHON = sys.executable
_CELERY = [_PYTHON, "-m", "celery", "-A", "helpdesk.celery", "--quiet"]
_BEHIND = 5  # niceness of whoever nobody waits for
_TICK = 0.1
_TRIES = 2


class StopRequested(Exception):
    """Somebody wants us to end while we are still starting."""


class PreparationFailed(Exception):
    """A step without which the desk cannot open did not work; its own output says why."""


class Step(NamedTuple):
    """A management command on its way."""

    command: str
    process: subprocess.Popen[bytes]


@dataclass(frozen=True)
class Options:
    """What the person who starts the desk chose."""

    port: int
    web: int
    has_demo: bool


class Supervisor:
    """The parent of all processes of one desk."""

    def __init__(
        self,
        state: State,
        env: Environment,
        listener: socket.socket,
        options: Options,
        on_open: Callable[[], None],
    ) -> None:
        self.state, self.env, self.listener, self.options, self.on_open = state, env, listener, options, on_open
        self.engines = Engines(state, env)
        self.programs: list[Program] = []
        self.watched: list[Watched] = []
        self.signals: list[int] = []

    def run(self) -> None:
        """Open the desk, and keep it open until a signal comes."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._start_engines()
            self._prepare()
            self._start_programs()
            self._announce()
            while not self.signals:
                self._tend()
                time.sleep(_TICK)
        except StopRequested:
            pass
        finally:
            self._stop()

    def _on_signal(self, number: int, _frame: object) -> None:
        """End in order; for the third signal end at once, and the kernel ends our children."""
        self.signals.append(number)
        if len(self.signals) > 2:
            os._exit(1)

    @property
    def child_env(self) -> Mapping[str, str]:
        """The environment of our programs: ours, with the addresses we chose."""
        quiet = "ignore:You're running the worker"  # as root, which we have been told about already
        addresses = self.engines.addresses
        return {
            **os.environ,
            "PARLEY_STATE": str(self.state.root),
            "PARLEY_URL": self.env.url,
            "DATABASE_URL": addresses.database_url,
            "REDIS_URL": addresses.redis_url,
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": ",".join(filter(None, [os.environ.get("PYTHONWARNINGS", ""), quiet])),
        }

    # Opening

    def _start_engines(self) -> None:
        if self.engines.ours and self.engines.places.data != self.state.root:
            places = self.engines.places
            say(f"{places.account.name} cannot reach {self.state.root}; the engines' data is in {places.data}")
        for engine in self.engines.ours:
            engine.start()
            say(f"{engine.name} is up")
            self._check_signals()
        if self.engines.postgres is not None:
            self.engines.postgres.create_database()
        control.clear(self.state)
        self.state.write_run(Run.of("desk", self.engines.addresses, self.env.url, self.options.port))

    def _prepare(self) -> None:
        """Collect static files beside the work on the tables: most machines have a second core."""
        tables = Tables(self.state, self.engines.addresses.database_url)
        static = StaticFiles(self.state)
        collecting = None if static.are_current() else self._begin("collectstatic", "--no-input", "-v", "0")
        if not tables.are_current():
            self._finish(self._begin("migrate", "-v", "0"))
            tables.have_changed()
            say("database tables are ready")
        if self.options.has_demo and not tables.has_agents():
            say("making the demo desk")
            self._finish(self._begin("demo_desk"))
            self._finish(self._begin("triage_demo"))
        if collecting is not None:
            self._finish(collecting)
            static.have_changed()
            say("static files are ready")

    def _begin(self, command: str, *options: str) -> Step:
        """Start a management command, without the time limit that web processes have."""
        env = {**self.child_env, "PARLEY_STATEMENT_TIMEOUT": "0"}
        return Step(command, spawn([_PYTHON, str(CHECKOUT / "manage.py"), command, *options], env=env))

    def _finish(self, step: Step) -> None:
        code = wait_for(step.process, lambda: bool(self.signals))
        self._check_signals()
        if code != 0:
            raise PreparationFailed(f"{step.command} failed with code {code}; its message is above")

    def _start_programs(self) -> None:
        schedule = str(self.state.root / "beat")
        beat = self._program("beat", [*_CELERY, "beat", "-l", "WARNING", "-s", schedule, "--pidfile="], 5)
        worker = self._program("worker", [*_CELERY, "worker", "-l", "WARNING", *self._worker_flags()], 20)
        worker.niceness = _BEHIND
        self.programs = [beat, worker, *self._webs()]
        for program in self.programs:
            program.start()
        self.watched = [Watched(engine) for engine in self.engines.ours]
        self.watched += [Watched(program) for program in self.programs]
        # A worker whose broker came back while it held a task rarely wakes up again; a fresh one does its work.
        for watched in self.watched:
            if watched.thing is self.engines.valkey:
                watched.on_return = lambda: worker.end_soon(time.monotonic())

    def _worker_flags(self) -> list[str]:
        threads = str(self.env.worker_threads)
        return ["-P", "threads", "-c", threads, "-Q", "default", "--without-gossip", "--without-mingle"]

    def _webs(self) -> list[Program]:
        port = self.listener.fileno()
        command = [_PYTHON, "-m", "helpdesk.web", str(port)]
        return [self._program(f"web-{number}", command, 10, port) for number in range(self.options.web)]

    def _program(self, name: str, command: list[str], grace: float, *fds: int) -> Program:
        return Program(name, self.state, command, self.child_env, grace, fds)

    def _announce(self) -> None:
        while not self._answers():
            self._check_signals()
            self._tend()
            self._despair()
            time.sleep(_TICK)
        self.on_open()

    def _despair(self) -> None:
        """What ends again and again before it ever worked will not work: its own words are on the screen."""
        for watched in self.watched:
            if watched.recent_ends > _TRIES:
                raise PreparationFailed(f"{watched.thing.name} does not start; its message is above")

    def _answers(self) -> bool:
        """Whether a web process serves requests; the port itself accepts them long before."""
        host, port = self.listener.getsockname()[:2]
        link = HTTPConnection(host, port, timeout=1)
        try:
            link.request("GET", "/healthz")
            return link.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            link.close()

    def _check_signals(self) -> None:
        if self.signals:
            raise StopRequested

    # Open

    def _tend(self) -> None:
        now = time.monotonic()
        for program in self.programs:
            program.insist(now)
        for watched in self.watched:
            watched.tend(now)
        control.take(self.state, self._obey)

    def _obey(self, order: control.Order) -> str:
        watched = next((each for each in self.watched if each.thing.name == order.engine), None)
        engine = next((each for each in self.engines.ours if each.name == order.engine), None)
        if watched is None or engine is None:
            return f"{order.engine} is not ours"
        if order.verb == "stop":
            watched.is_held = True
            engine.stop(order.mode)
            return f"{engine.name} stopped"
        if order.is_empty and not watched.is_running:
            engine.forget()
        watched.is_held = False
        if not watched.is_running:
            watched.revive()
        return f"{engine.name} started"

    # Closing

    def _stop(self) -> None:
        """Web first, so that browsers are told to come back; the database last."""
        say("closing")
        webs = [program for program in self.programs if program.name.startswith("web")]
        for program in webs:  # all at once, so that the slowest is the only one waited for
            program.end_soon(time.monotonic())
        for program in reversed(self.programs):
            program.stop()
        self.engines.stop()
        self.state.run_file.unlink(missing_ok=True)
        say("closed")
