"""The load client written in C: compiled when its sources changed, run as a process, its answers read as JSON."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parent / "load"


class NoCompiler(Exception):
    """The load client cannot be built here."""


class LoadFailed(Exception):
    """The load client gave up; its own words say why."""


def build() -> Path:
    """The compiled client, made once for each version of its sources."""
    files = sorted(SOURCES.glob("*.[ch]"))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    program = Path(tempfile.gettempdir()) / f"parley-load-{digest}"
    if program.exists():
        return program
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise NoCompiler("The load client is written in C and there is no C compiler. On Debian: apt-get install gcc")
    fresh = program.with_suffix(".new")
    sources = [str(file) for file in files if file.suffix == ".c"]
    subprocess.run([compiler, "-std=c11", "-O2", "-Wall", "-Wextra", "-o", str(fresh), *sources, "-lm"], check=True)
    fresh.replace(program)
    return program


@dataclass(frozen=True)
class Latency:
    """Milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    max: float


@dataclass(frozen=True)
class Measured:
    """What the load client saw. Messages without an answer are in the latencies, as long as they waited."""

    sent_per_second: float
    acknowledged_per_second: float
    delivered_per_second: float
    rows_per_watcher_second: float
    unacknowledged: int
    undelivered: int
    unseen: int
    overflowed: int
    refused: int
    closed: int
    client_cpu: float
    ack: Latency
    delivery: Latency
    row: Latency | None


def _options(options: dict[str, object]) -> list[str]:
    words: list[str] = []
    for name, value in options.items():
        words += [f"--{name}", ",".join(value) if isinstance(value, list) else str(value)]
    return words


def measure(**options: object) -> Measured:
    """Run a load to its end."""
    done = subprocess.run([build(), *_options(options)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LoadFailed(done.stderr.strip())
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    latencies = {name: Latency(**found[name]) if found[name] else None for name in ("ack", "delivery", "row")}
    if latencies["ack"] is None or latencies["delivery"] is None:
        raise LoadFailed(f"nothing was acknowledged: {done.stderr.strip()}")
    return Measured(**{**found, **latencies})


@contextmanager
def holding(*flags: str, **options: object) -> Iterator[dict[str, Any]]:
    """Connections that stay open for the length of the block; yields how many, and in how many seconds."""
    command = [str(build()), "--idle", *flags, *_options(options)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        line = client.stdout.readline()
        if not line:
            raise LoadFailed("the connections could not be opened")
        yield json.loads(line)
        client.stdin.close()
        ended = json.loads(client.stdout.readline())
        if ended["closed"]:
            raise LoadFailed(f"{ended['closed']} connections were closed meanwhile")


def write_cookies(path: Path, cookies: Sequence[str]) -> Path:
    path.write_text("".join(f"{cookie}\n" for cookie in cookies))
    path.chmod(0o600)
    return path
