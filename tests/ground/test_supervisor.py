"""A whole desk: what it does when its parts, or it itself, are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from helpdesk.engines import Engines
from helpdesk.places import socket_directory
from helpdesk.state import CHECKOUT
from tests.desk import Desk, clean_environment, exists, wait_until

pytestmark = pytest.mark.engines

CHILDREN = ["postgres", "valkey", "beat", "worker", "web-0", "web-1"]


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    made = Desk(Path(tempfile.mkdtemp(prefix="parley-supervised-")), "--no-demo").start()
    try:
        wait_until(lambda: made.readiness()["status"] == "ok", what="the worker's first heartbeat")
        yield made
    finally:
        made.remove()


def test_it_says_where_to_go(desk: Desk) -> None:
    assert f"ready {desk.url}/\n" in desk.log
    assert f"{desk.url}/inbox/" in desk.log
    assert f"{desk.url}/demo/" in desk.log


def test_run_file_tells_others_where_things_are(desk: Desk) -> None:
    run = json.loads((desk.state / "run.json").read_text())
    assert desk.process is not None
    assert (run["kind"], run["port"], run["url"], run["pid"]) == ("desk", desk.port, desk.url, desk.process.pid)
    assert Path(run["valkey_socket"]).is_socket()


def test_second_supervisor_is_refused(desk: Desk) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "helpdesk.up", "--state", desk.state],
        cwd=CHECKOUT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr == f"Parley already runs on {desk.state}; stop it, or choose another --state\n"
    assert desk.get("/healthz")[0] == 200


def test_taken_port_is_explained(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "helpdesk.up", "--state", tmp_path, "--port", str(desk.port)],
        cwd=CHECKOUT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"127.0.0.1:{desk.port}: Address already in use; choose another --port" in second.stderr


def test_command_uses_the_running_engines(desk: Desk) -> None:
    script = "from django.db import connection as c; print(c.cursor().execute('SELECT 6 * 7').fetchone()[0])"
    assert "42" in desk.manage("shell", "-c", script)


def test_pages_share_a_few_lasting_connections(desk: Desk) -> None:
    dsn = json.loads((desk.state / "run.json").read_text())["pg_dsn"]
    query = "SELECT pid FROM pg_stat_activity WHERE datname = 'parley'"
    seen = set()
    with psycopg.connect(dsn, autocommit=True) as link:
        for _ in range(20):
            assert desk.get("/inbox/", Cookie="parley=0123456789abcdef0123456789abcdef")[0] == 200
            seen |= {pid for (pid,) in link.execute(query).fetchall()}
    assert len(seen) < 10


def test_running_desk_is_not_restored_over(desk: Desk, tmp_path: Path) -> None:
    desk.manage("backup", str(tmp_path / "parley.tar"))
    assert "the desk is running; stop it first" in desk.manage("restore", str(tmp_path / "parley.tar"), check=False)


@pytest.mark.parametrize("name", CHILDREN)
def test_killed_child_comes_back(desk: Desk, name: str) -> None:
    former = desk.kill(name)
    wait_until(lambda: desk.pid(name) != former and exists(desk.pid(name)), what=f"{name} to come back")
    assert f"{name} was ended by SIGKILL; starting it again" in desk.log
    wait_until(lambda: desk.readiness()["status"] == "ok", what="everything to work again")


def test_the_worker_steps_back_behind_the_web_processes(desk: Desk) -> None:
    assert os.getpriority(os.PRIO_PROCESS, desk.pid("worker")) > os.getpriority(os.PRIO_PROCESS, desk.pid("web-0"))


def test_visitors_never_find_the_port_closed(desk: Desk) -> None:
    former = {name: desk.kill(name) for name in ("web-0", "web-1")}
    assert desk.get("/healthz") == (200, '{"status": "ok"}')
    wait_until(lambda: all(desk.pid(name) != pid for name, pid in former.items()), what="both web processes")


def test_worker_is_renewed_when_valkey_was_away(desk: Desk) -> None:
    former = desk.pid("worker")
    desk.kill("valkey")
    wait_until(lambda: desk.pid("worker") != former, what="a new worker")
    wait_until(lambda: desk.readiness()["status"] == "ok", what="everything to work again")


def test_without_valkey_the_desk_is_degraded_but_ready(desk: Desk) -> None:
    assert "valkey stopped" in desk.manage("engine", "valkey", "stop")
    status, body = desk.get("/readyz")
    assert status == 200
    assert json.loads(body) == {
        "status": "degraded",
        "checks": {"postgres": "ok", "valkey": "down", "worker": "unknown", "model": "off"},
    }
    assert "valkey started" in desk.manage("engine", "valkey", "start", "--empty")
    wait_until(lambda: desk.readiness()["status"] == "ok", what="everything to work again")


def test_without_postgres_the_desk_is_alive_but_not_ready(desk: Desk) -> None:
    assert "postgres stopped" in desk.manage("engine", "postgres", "stop", "--mode", "immediate")
    status, body = desk.get("/readyz")
    assert status == 503
    assert json.loads(body)["checks"]["postgres"] == "down"
    assert desk.get("/healthz")[0] == 200
    assert "postgres started" in desk.manage("engine", "postgres", "start")
    wait_until(lambda: desk.readiness()["status"] == "ok", what="everything to work again")


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_readiness_answers_while_an_engine_is_frozen(desk: Desk, name: str) -> None:
    session = -desk.pid(name)  # PostgreSQL's backends too
    os.kill(session, signal.SIGSTOP)
    try:
        assert desk.readiness()["checks"][name] == "down"
        assert desk.get("/healthz")[0] == 200
    finally:
        os.kill(session, signal.SIGCONT)
    wait_until(lambda: desk.readiness()["status"] == "ok", what="everything to work again")


def test_engines_of_others_are_used_and_left_running(engines: Engines) -> None:
    theirs = {"DATABASE_URL": engines.addresses.database_url, "REDIS_URL": engines.addresses.redis_url}
    desk = Desk(Path(tempfile.mkdtemp(prefix="parley-guest-")), "--no-demo", **theirs).start()
    try:
        wait_until(lambda: desk.readiness()["status"] == "ok", what="the worker's first heartbeat")
        assert not (desk.state / "postgres").exists()
        assert not (desk.state / "valkey").exists()
        assert "is not ours" in desk.manage("engine", "valkey", "stop")
    finally:
        desk.remove()
    assert all(engine.answers() for engine in engines.ours)


def test_interrupt_leaves_nothing_behind(own_desk: Desk) -> None:
    own_desk.start()
    pids = [own_desk.pid(name) for name in CHILDREN]
    assert own_desk.process is not None
    own_desk.process.send_signal(signal.SIGINT)
    assert own_desk.process.wait(60) == 0
    assert not [pid for pid in pids if exists(pid)]
    assert not (own_desk.state / "run.json").exists()
    assert not socket_directory(own_desk.paths).exists()
    assert not list(own_desk.state.glob("*.pid"))
    assert "Traceback" not in own_desk.log

    assert "parley" in own_desk.manage("shell", "-c", "from django.db import connection as c; print(c.settings_dict)")
    assert not socket_directory(own_desk.paths).exists()


def test_killed_supervisor_takes_everything_along_and_can_start_again(own_desk: Desk) -> None:
    own_desk.start()
    pids = [own_desk.pid(name) for name in CHILDREN]
    assert own_desk.process is not None
    own_desk.process.kill()
    own_desk.process.wait()
    wait_until(lambda: not [pid for pid in pids if exists(pid)], what="all children to end")
    own_desk.start()
    assert own_desk.get("/healthz")[0] == 200
    second_start = own_desk.log.rpartition("postgres is up")[2]
    assert "tables are ready" not in second_start
    assert "static files are ready" not in second_start
