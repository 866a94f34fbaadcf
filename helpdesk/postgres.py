"""The database server."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import psycopg

from helpdesk.children import spawn
from helpdesk.engine import LOCALE, Engine, EngineError, engine_environment, open_log, tail
from helpdesk.places import Places
from helpdesk.state import State

NAME = "parley"
EXTENSIONS = ("pg_trgm", "unaccent")


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
            "log_min_error_statement": "panic",  # a statement that failed holds what somebody wrote,
            "log_error_verbosity": "terse",  # and so does the row it was about
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
        version = subprocess.check_output(
            [self.programs / "postgres", "--version"], text=True, env=engine_environment()
        )
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
        with open_log(self.log) as output:
            made = spawn(
                [*command, *builtin, *rest],
                env=engine_environment(),
                output=output,
                account=self.places.account,
                cwd=Path("/"),
            )
            if made.wait() != 0:
                raise EngineError(f"PostgreSQL cannot make its data directory {self.data}:\n{tail(self.log)}")
