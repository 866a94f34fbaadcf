"""PostgreSQL and Valkey as our children: started, stopped, killed, and kept apart."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from helpdesk.engine import EngineError
from helpdesk.engines import Engines
from helpdesk.environment import load
from helpdesk.places import socket_directory
from helpdesk.state import CHECKOUT, State
from tests.desk import clean_environment, exists, wait_until

pytestmark = pytest.mark.engines


@pytest.fixture
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    # pytest's own directories are closed to the engines' user, which is not the case to be tested in most tests here
    made = State(Path(os.path.realpath("/tmp")) / f"parley-engines-{os.getpid()}-{time.monotonic_ns()}")
    made.create()
    return made


@pytest.fixture
def both(state: State) -> Iterator[Engines]:
    engines = Engines(state, load({}))
    engines.start()
    yield engines
    engines.stop()
    subprocess.run(["rm", "-rf", state.root, engines.places.sockets], check=True)


def test_the_log_holds_nothing_that_people_wrote(both: Engines) -> None:
    assert both.postgres is not None
    with psycopg.connect(both.addresses.database_url, autocommit=True) as link:
        link.execute("CREATE TABLE kept (body text CHECK (body = ''))")
        with pytest.raises(psycopg.errors.CheckViolation):
            link.execute("INSERT INTO kept VALUES ('canary')")
    for engine in both.ours:
        assert engine.log.stat().st_mode & 0o777 == 0o600
    log = both.postgres.log.read_text()
    assert "violates check constraint" in log
    assert "canary" not in log


def test_database_is_ready_for_use(both: Engines) -> None:
    with psycopg.connect(both.addresses.database_url) as link:
        row = link.execute("SELECT upper('привет'), similarity('desk', 'desks') > 0, unaccent('é')").fetchone()
        assert row == ("ПРИВЕТ", True, "e")
        settings: dict[str, str] = dict(link.execute("SELECT name, setting FROM pg_settings").fetchall())
    assert settings["fsync"] == settings["synchronous_commit"] == settings["data_checksums"] == "on"
    assert settings["listen_addresses"] == ""


def test_valkey_keeps_what_it_is_given(both: Engines) -> None:
    client = redis.Redis.from_url(both.addresses.redis_url)
    assert client.config_get("appendonly", "maxmemory-policy", "port") == {
        "appendonly": "yes",
        "maxmemory-policy": "noeviction",
        "port": "0",
    }


def test_sockets_are_closed_to_others(both: Engines) -> None:
    assert both.places.sockets.stat().st_mode & 0o077 == 0
    assert both.postgres is not None
    assert both.postgres.data.stat().st_mode & 0o077 == 0


def test_acknowledged_rows_survive_a_kill(both: Engines) -> None:
    assert both.postgres is not None
    assert both.valkey is not None
    with psycopg.connect(both.addresses.database_url, autocommit=True) as link:
        link.execute("CREATE TABLE kept (n int)")
        for number in range(100):
            link.execute("INSERT INTO kept VALUES (%s)", [number])
    for engine in both.ours:
        assert engine.process is not None
        os.kill(engine.process.pid, signal.SIGKILL)
        engine.process.wait()
        engine.start()
    with psycopg.connect(both.addresses.database_url) as link:
        assert link.execute("SELECT count(*) FROM kept").fetchone() == (100,)
    assert redis.Redis.from_url(both.addresses.redis_url).ping()


def test_immediate_stop_is_recovered_from(both: Engines) -> None:
    assert both.postgres is not None
    both.postgres.stop("immediate")
    both.postgres.start()
    assert both.postgres.answers()


def test_valkey_can_come_back_empty(both: Engines) -> None:
    assert both.valkey is not None
    redis.Redis.from_url(both.valkey.url).set("a", "b")
    both.valkey.stop()
    both.valkey.forget()
    both.valkey.start()
    assert redis.Redis.from_url(both.valkey.url).get("a") is None


def test_second_server_on_the_same_data_is_refused(both: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.engine.LOCK_PATIENCE", 0.2)
    with pytest.raises(EngineError, match="another postgres still uses"):
        Engines(State(both.places.logs), load({})).start()
    assert both.postgres is not None
    assert both.postgres.answers()


def test_data_of_another_major_version_is_refused(both: Engines) -> None:
    assert both.postgres is not None
    both.postgres.stop()
    (both.postgres.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(EngineError, match="written by PostgreSQL 15, but the programs are version 18"):
        both.postgres.start()
    (both.postgres.data / "PG_VERSION").write_text("18\n")


def test_a_server_that_cannot_start_says_why(both: Engines) -> None:
    assert both.postgres is not None
    both.postgres.stop()
    (both.postgres.data / "postgresql.conf").write_text("no such setting = 1\n")
    with pytest.raises(EngineError, match="syntax error in file"):
        both.postgres.start()


if os.geteuid() == 0:  # nobody else can own data under two numbers

    def test_data_of_a_renumbered_user_is_taken_back(both: Engines) -> None:
        assert both.postgres is not None
        both.stop()
        subprocess.run(["chown", "-R", "12345:12345", both.postgres.data], check=True)
        both.start()
        assert both.postgres.answers()


@pytest.mark.parametrize("mask", [0o022, 0o077], ids=["usual umask", "closed umask"])
def test_directory_closed_to_the_engines_user_is_worked_around(tmp_path: Path, mask: int) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    state = State(closed / "state")
    before = os.umask(mask)
    engines = Engines(state, load({}))
    try:
        engines.start()
        assert engines.places.account.reaches(engines.places.data)
        assert (engines.places.data == state.root) == (os.geteuid() != 0)
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)
        engines.stop()
        subprocess.run(["rm", "-rf", state.root, engines.places.data, engines.places.sockets], check=True)


def test_children_die_with_their_parent(state: State) -> None:
    code = (
        "import sys, time; from helpdesk.engines import Engines; from helpdesk.environment import load;"
        "from helpdesk.state import State; Engines(State.at(sys.argv[1]), load({})).start(); print('up', flush=True);"
        "time.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(state.root)], cwd=CHECKOUT, env=clean_environment(), stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    pids = [int(state.pid_file(name).read_text()) for name in ("postgres", "valkey")]
    parent.kill()
    parent.wait()
    for pid in pids:
        wait_until(lambda pid=pid: not exists(pid), what=f"process {pid} to end")
    subprocess.run(["rm", "-rf", state.root, socket_directory(state)], check=True)
