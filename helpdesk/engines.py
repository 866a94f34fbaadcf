"""PostgreSQL and Valkey as foreground children of ours, reachable over unix sockets only.

Only the programs of the packages are used. Their own start-up code would detach the servers and open the permissions of
every directory above the data.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, ClassVar

import psycopg

from helpdesk.children import finish, spawn
from helpdesk.environment import Environment
from helpdesk.places import Places, postgres_programs, valkey_program
from helpdesk.state import Addresses, State, replace_text

NAME = "parley"
EXTENSIONS = ("pg_trgm", "unaccent")
LOCALE = "C.UTF-8"
_PAUSE = 0.02
_LOCK_PATIENCE = 15.0
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
        with self._sole_use() as guard, _open_log(self.log) as output:
            self.prepare()
            self.process = spawn(
                self.command(),
                env=_environment(),
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
                raise EngineError(f"{self.name} ended at once (exit {process.returncode}):\n{_tail(self.log)}")
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


class Postgres(Engine):
    """The database."""

    name = "postgres"
    signals = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
    death = signal.SIGINT

    def __init__(self, state: State, places: Places, programs: Path) -> None:
        super().__init__(state, places)
        self.programs = programs

    @property
    def dsn(self) -> str:
        """For psycopg: the maintenance database."""
        return f"host={self.places.sockets} user={NAME} dbname=postgres"

    @property
    def url(self) -> str:
        """For Django: the desk's database."""
        return f"postgresql:///{NAME}?host={self.places.sockets}&user={NAME}"

    def prepare(self) -> None:
        """Make a cluster on first use; refuse one that another major version wrote."""
        major = self._major()
        written = self.data / "PG_VERSION"
        if not written.exists():
            self._initdb(major)
        elif (found := written.read_text().strip()) != str(major):
            raise EngineError(
                f"{self.data} was written by PostgreSQL {found}, but the programs are version {major}. "
                f"Restore a backup into a new state directory, or point PARLEY_PG_BIN to version {found}."
            )

    def command(self) -> list[str | Path]:
        """`postgres` with settings that keep every acknowledged row."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.places.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "128MB",
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "log_min_messages": "warning",
            "log_line_prefix": "%m [%p] ",
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self.programs / "postgres", "-D", self.data, *flags]

    def answers(self) -> bool:
        """Whether it accepts connections."""
        try:
            psycopg.connect(self.dsn, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self) -> None:
        """The desk's database and its extensions; also in template1, from which test databases are made."""
        with psycopg.connect(self.dsn, autocommit=True) as link:
            if link.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).fetchone() is None:
                self._extend("template1")
                link.execute(f"CREATE DATABASE {NAME}")

    def _extend(self, database: str) -> None:
        with psycopg.connect(f"{self.dsn} dbname={database}", autocommit=True) as link:
            for extension in EXTENSIONS:
                link.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")

    def _major(self) -> int:
        version = subprocess.check_output([self.programs / "postgres", "--version"], text=True, env=_environment())
        return int(version.split()[-1].split(".")[0])

    def _initdb(self, major: int) -> None:
        """Pin the locale: without ICU and with LANG unset, upper() and lower() would stop at ASCII."""
        builtin = ["--locale-provider=builtin", f"--builtin-locale={LOCALE}"] if major >= 17 else []
        command: list[str | Path] = [
            self.programs / "initdb",
            "-D",
            self.data,
            "-U",
            NAME,
            "--auth-local=trust",
            "--encoding=UTF8",
        ]
        rest = [f"--locale={LOCALE}", "--data-checksums", "--no-instructions", "--auth-host=scram-sha-256"]
        with _open_log(self.log) as output:
            made = spawn(
                [*command, *builtin, *rest],
                env=_environment(),
                output=output,
                account=self.places.account,
                cwd=Path("/"),
            )
            if made.wait() != 0:
                raise EngineError(f"PostgreSQL cannot make its data directory {self.data}:\n{_tail(self.log)}")


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


class Engines:
    """The servers of a desk that the environment does not provide, in the order in which they start."""

    def __init__(self, state: State, env: Environment) -> None:
        self.env = env
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        if env.database_url and env.redis_url:
            return
        self.places = Places.of(state)
        if not env.database_url:
            self.postgres = Postgres(state, self.places, postgres_programs(self.places, env.pg_bin))
        if not env.redis_url:
            self.valkey = Valkey(state, self.places, valkey_program(self.places))

    @property
    def ours(self) -> list[Engine]:
        """The engines that are ours to start and stop."""
        return [engine for engine in (self.postgres, self.valkey) if engine is not None]

    @property
    def addresses(self) -> Addresses:
        """Where clients find both servers, whoever runs them."""
        return Addresses(
            database_url=self.postgres.url if self.postgres else self.env.database_url,
            redis_url=self.valkey.url if self.valkey else self.env.redis_url,
            pg_dsn=self.postgres.dsn if self.postgres else self.env.database_url,
            valkey_socket=str(self.valkey.socket) if self.valkey else "",
        )

    def start(self) -> None:
        """Start ours, and make sure that the desk's database is there."""
        for engine in self.ours:
            engine.start()
        if self.postgres is not None:
            self.postgres.create_database()

    def stop(self) -> None:
        """Stop ours, the database last."""
        for engine in reversed(self.ours):
            engine.stop()
        if self.ours:
            with suppress(OSError):  # it is not empty if another engine, not ours to stop, is still there
                self.places.sockets.rmdir()


def _environment() -> dict[str, str]:
    """Little: the engines need none of our secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ}
    return {**kept, "LC_ALL": LOCALE, "LANG": LOCALE}


def _open_log(path: Path) -> IO[bytes]:
    """Append, but start afresh before the file becomes a burden."""
    is_long = path.exists() and path.stat().st_size > _KEPT_LOG
    return path.open("wb" if is_long else "ab")


def _lock(guard: int, complaint: str) -> None:
    deadline = time.monotonic() + _LOCK_PATIENCE
    while True:
        try:
            return fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise EngineError(complaint) from None
            time.sleep(_PAUSE)


def _tail(path: Path) -> str:
    return path.read_text(errors="replace")[-1500:].strip()
