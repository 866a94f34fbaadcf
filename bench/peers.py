"""The applications the desk is compared with, on the desk's own engines and the desk's own web server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import make_conninfo

from bench.desk import Desk, free_port
from helpdesk.children import finish, spawn
from helpdesk.state import CHECKOUT

NAMES = ("tutorial", "limit")


def prepare(desk: Desk) -> None:
    """A database for them, beside the desk's; it goes with the state directory."""
    with psycopg.connect(desk.run.pg_dsn, autocommit=True) as link:
        link.execute("CREATE DATABASE bench")
    subprocess.run([sys.executable, "-m", "bench.tutorial"], env=_environment(desk), cwd=CHECKOUT, check=True)
    from bench.limit.writer import TABLE

    with psycopg.connect(_dsn(desk)) as link:
        link.execute(TABLE)


def _dsn(desk: Desk) -> str:
    return make_conninfo(desk.run.pg_dsn, dbname="bench")


def _environment(desk: Desk) -> dict[str, str]:
    ours = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    return {**ours, "BENCH_DATABASE": _dsn(desk), "BENCH_VALKEY": desk.run.valkey_socket}


@contextmanager
def serving(name: str, desk: Desk) -> Iterator[int]:
    """One process of the peer on a port of its own, with the flags the desk's web processes have."""
    port = free_port()
    flags = ["--loop", "uvloop", "--http", "httptools", "--ws", "websockets-sansio"]
    flags += ["--ws-per-message-deflate", "false", "--no-access-log", "--log-level", "warning"]
    command = [sys.executable, "-m", "uvicorn", f"bench.{name}.asgi:application", "--port", str(port), *flags]
    process = spawn(command, env=_environment(desk), cwd=CHECKOUT)
    try:
        _await_port(port, process)
        yield port
    finally:
        finish(process, signal.SIGTERM, 10)


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not listen")
