"""Settings: what is accepted, what is refused and in which words."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from helpdesk import environment, up
from helpdesk.environment import BadEnvironment, load, warnings
from helpdesk.locators import database_parts, redis_address
from helpdesk.state import CHECKOUT, Addresses, Run, State
from tests.desk import clean_environment

LONG_SECRET = "k9-Vw2xQz7Lr4Tn8Bp3Ys6Hd1Jf5Gm0Ce-Xa9Uo2Ki7Re4Wq8Zt3"

REFUSED = [
    ("PARLEY_SECRET_KEY", "changeme", "openssl rand"),
    ("PARLEY_SECRET_KEY", "a" * 60, "openssl rand"),
    ("PARLEY_SECRET_KEY", "django-insecure-" + LONG_SECRET, "openssl rand"),
    ("PARLEY_HOSTS", "*", "desk.example.com"),
    ("PARLEY_HOSTS", "*.example.com", "desk.example.com"),
    ("PARLEY_HOSTS", "https://desk.example.com", "desk.example.com"),
    ("PARLEY_URL", "desk.example.com", "https://desk.example.com"),
    ("PARLEY_URL", "http://desk.example.com", "https for a public host"),
    ("PARLEY_URL", "https://desk.example.com/support", "without a path"),
    ("PARLEY_URL", "ftp://desk.example.com", "https://desk.example.com"),
    ("DATABASE_URL", "mysql://u@h/d", "postgresql://"),
    ("DATABASE_URL", "postgresql://u@h", "database name"),
    ("DATABASE_URL", "postgresql://u@h:port/d", "postgresql://"),
    ("REDIS_URL", "localhost:6379", "redis://"),
    ("REDIS_URL", "redis://localhost:6379/x", "database number"),
    ("REDIS_URL", "redis://8.8.8.8:6379/0", "password"),
    ("REDIS_URL", "redis://cache.example.com:6379/0", "password"),
    ("PARLEY_TRUSTED_PROXIES", "-1", "whole number"),
    ("PARLEY_WORKER_THREADS", "0", "above 0"),
    ("PARLEY_WORKER_THREADS", "many", "above 0"),
    ("PARLEY_MAX_UPLOAD", "5MB", "above 0"),
    ("PARLEY_STATEMENT_TIMEOUT", "soon", "5s or 500ms"),
    ("PARLEY_LANGUAGE", "de", "en, id, sv"),
    ("PARLEY_TIME_ZONE", "Stockholm", "Europe/Stockholm"),
    ("PARLEY_TIME_ZONE", "../../etc/passwd", "Europe/Stockholm"),
    ("PARLEY_LOG_LEVEL", "loud", "DEBUG, INFO"),
    ("PARLEY_CHANNEL_LAYER", "not a path", "package.module.Class"),
    ("PARLEY_PG_BIN", "/nowhere", "existing directory"),
    ("PARLEY_DEBUG", "maybe", "1 or 0"),
]


@pytest.mark.parametrize(("name", "value", "hint"), REFUSED)
def test_senseless_value_is_refused_by_name_with_the_form_expected(name: str, value: str, hint: str) -> None:
    with pytest.raises(BadEnvironment) as caught:
        load({name: value})
    (line,) = caught.value.problems
    assert line.startswith(name)
    assert hint in line


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(BadEnvironment) as caught:
        load({"PARLEY_LANGUAGE": "xx", "PARLEY_DEBUG": "2", "PARLEY_HOSTS": "*"})
    assert len(caught.value.problems) == 3


def test_debugging_in_public_is_refused() -> None:
    with pytest.raises(BadEnvironment, match=r"PARLEY_DEBUG.*desk\.example\.com"):
        load({"PARLEY_DEBUG": "1", "PARLEY_URL": "https://desk.example.com"})


def test_no_secret_appears_in_an_error() -> None:
    with pytest.raises(BadEnvironment) as caught:
        load({"PARLEY_SECRET_KEY": "hunter2", "DATABASE_URL": "mysql://u:hunter2@h/d"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "meant"),
    [("PARLEY_REDSI_URL", "REDIS_URL"), ("PARLEY_HOST", "PARLEY_HOSTS"), ("PARLEY_TIMEZONE", "PARLEY_TIME_ZONE")],
)
def test_unknown_variable_earns_a_warning(given: str, meant: str) -> None:
    (line,) = warnings({given: "x", "HOME": "/", "PARLEY_URL": "http://localhost"})
    assert line.startswith(f"{given}: unknown setting")
    assert f"did you mean {meant}" in line


def test_every_good_value_is_taken() -> None:
    found = load(
        {
            "PARLEY_URL": "https://desk.example.com/",
            "PARLEY_HOSTS": "www.example.com, desk.internal",
            "PARLEY_SECRET_KEY": LONG_SECRET,
            "PARLEY_STATEMENT_TIMEOUT": "2s",
            "PARLEY_TIME_ZONE": "Asia/Jakarta",
            "PARLEY_TRUSTED_PROXIES": "1",
            "REDIS_URL": "redis://:secret@cache.example.com:6379/0",
            "DATABASE_URL": "postgresql://u:p@db.example.com/parley?sslmode=require",
        }
    )
    assert found.url == "https://desk.example.com"
    assert found.is_https
    assert found.all_hosts[:3] == ["desk.example.com", "www.example.com", "desk.internal"]
    assert found.statement_timeout == 2000


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://127.0.0.1", "http://10.0.0.5:8000", "http://desk:8000"]
)
def test_plain_http_is_fine_where_nobody_listens_in(url: str) -> None:
    assert load({"PARLEY_URL": url}).url == url


def test_empty_value_means_default() -> None:
    assert load({"PARLEY_LANGUAGE": ""}).language == "en"


def test_database_url_is_taken_apart() -> None:
    parts = database_parts("postgresql://ada:p%40ss@db.example.com:5433/parley?sslmode=require")
    assert parts == {
        "NAME": "parley",
        "USER": "ada",
        "PASSWORD": "p@ss",
        "HOST": "db.example.com",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize(
    ("url", "client", "broker"),
    [
        ("unix:///run/v.sock", "unix:///run/v.sock?db=2", "redis+socket:///run/v.sock?virtual_host=2"),
        ("unix:///run/v.sock?db=4", "unix:///run/v.sock?db=6", "redis+socket:///run/v.sock?virtual_host=6"),
        ("redis://h:6379", "redis://h:6379/2", "redis://h:6379/2"),
        ("rediss://:p@h:6379/3?ssl_cert_reqs=none", "rediss://:p@h:6379/5?ssl_cert_reqs=none", None),
    ],
)
def test_redis_url_is_moved_to_another_database(url: str, client: str, broker: str | None) -> None:
    address = redis_address(url)
    assert address.client(2) == client
    assert address.broker(2) == (broker or client)


@pytest.mark.parametrize("command", ["helpdesk.up", "helpdesk.command", "manage"])
def test_programs_exit_with_2_for_a_bad_setting(command: str, tmp_path: Path) -> None:
    env = clean_environment(PARLEY_STATE=str(tmp_path), PARLEY_HOSTS="*", PARLEY_HOTS="x")
    done = subprocess.run(
        [sys.executable, "-m", command, "check"] if command != "helpdesk.up" else [sys.executable, "-m", command],
        cwd=CHECKOUT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "PARLEY_HOSTS=*: expected host names" in done.stderr
    assert "PARLEY_HOTS: unknown setting, did you mean PARLEY_HOSTS?" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_setting_is_documented() -> None:
    manual = (CHECKOUT / "docs" / "operations.md").read_text()
    assert [row for row in settings_table() if row not in manual.splitlines()] == []


def settings_table() -> list[str]:
    """The table in docs/operations.md; to write it anew: python -m tests.ground.test_environment."""
    return [
        f"| `{environment.variable(entry)}` | {_default(entry.default)} | {entry.metadata['about']} |"
        for entry in fields(environment.Environment)
    ]


def _default(value: object) -> str:
    if value in ("", (), None) or isinstance(value, Path):
        return ""
    return f"`{int(value) if isinstance(value, bool) else value}`"


def test_tests_do_not_depend_on_the_settings_of_whoever_runs_them() -> None:
    assert os.environ["PARLEY_STATE"].startswith("/tmp") or "parley-test-" in os.environ["PARLEY_STATE"]


OTHERS = ["--host", "0.0.0.0"]


@pytest.mark.parametrize(
    ("options", "url", "has_demo", "wrong"),
    [
        ([], "http://localhost:8000", False, ""),
        ([], "http://localhost:8000", True, ""),
        (["--host", "::1"], "http://[::1]:8000", True, ""),
        (OTHERS, "http://localhost:8000", False, "Add --no-demo"),
        ([], "https://desk.example.com", False, "Add --no-demo"),
        (OTHERS, "http://localhost:8000", True, "Choose another --state"),
        ([*OTHERS, "--no-demo"], "http://localhost:8000", True, "Choose another --state"),
        ([*OTHERS, "--no-demo"], "http://localhost:8000", False, ""),
        ([*OTHERS, "--demo"], "http://localhost:8000", True, ""),
    ],
)
def test_strangers_meet_no_demo_desk_by_accident(
    options: list[str], url: str, has_demo: bool, wrong: str, tmp_path: Path
) -> None:
    demo = tmp_path / "demo.json"
    if has_demo:
        demo.write_text("{}")
    found = up.demo_problem(up.arguments(options), load({"PARLEY_URL": url}), demo)
    assert (wrong in found, bool(found)) == (True, bool(wrong))


def test_a_demo_desk_for_strangers_is_refused_before_anything_starts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "helpdesk.up", "--state", str(tmp_path / "desk"), *OTHERS]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=clean_environment(), capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, "everybody knows the password" in done.stderr) == (2, True)
    assert not (tmp_path / "desk").exists()


def test_passwords_of_outside_engines_are_for_the_owner_alone(tmp_path: Path) -> None:
    state = State(tmp_path)
    addresses = Addresses("postgresql://desk:secret@db/desk", "redis://:secret@cache/0", "", "")
    for _ in range(2):
        state.write_run(Run.of("desk", addresses, "http://localhost"))
        assert state.run_file.stat().st_mode & 0o777 == 0o600
    assert state.read_run() is not None


if __name__ == "__main__":
    print("\n".join(settings_table()))
