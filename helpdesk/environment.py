"""Every setting that comes from outside, read from environment variables once and checked at the door.

Each field of `Environment` is one variable: `secret_key` is read from `PARLEY_SECRET_KEY`. A value that makes no sense
is refused with the variable's name and the form expected; a `PARLEY_` variable nobody reads earns a warning.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from helpdesk import readings
from helpdesk.state import CHECKOUT

PREFIX = "PARLEY_"
UNPREFIXED = ("database_url", "redis_url")

Value = TypeVar("Value")


class BadEnvironment(Exception):
    """Settings are missing or senseless: one line for each problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def setting(parse: Callable[[str], Value], default: Value, about: str) -> Value:
    """Declare one variable: how its text becomes a value, what holds without it, and what it is for."""
    return field(default=default, metadata={"parse": parse, "about": about})


@dataclass(frozen=True)
class Environment:
    """The settings of one desk."""

    state: Path = setting(
        readings.path,
        CHECKOUT / "var",
        "Directory for everything the desk keeps: data, attachments, generated secret. Default: `var` in the checkout.",
    )
    url: str = setting(
        readings.web_address,
        "http://localhost:8000",
        "The address people type. Links in mail and in the messenger's snippet start with it; with https the cookies "
        "are marked Secure. The supervisor's default follows `--port`.",
    )
    hosts: tuple[str, ...] = setting(
        readings.hosts,
        (),
        "Further host names the desk answers to, with commas between. The host of `PARLEY_URL` is always one.",
    )
    trusted_proxies: int = setting(
        readings.count,
        0,
        "How many reverse proxies of yours stand in front. That many entries of X-Forwarded-For are believed, and with "
        "one or more also X-Forwarded-Proto.",
    )
    secret_key: str = setting(
        readings.secret, "", "Signs sessions and links. Without it one is generated into the state directory."
    )
    secret_key_fallbacks: tuple[str, ...] = setting(
        readings.secrets,
        (),
        "Former values of `PARLEY_SECRET_KEY` still believed, newest first, for changing it calmly.",
    )
    database_url: str = setting(
        readings.database_url,
        "",
        "Your own PostgreSQL 14 or newer: `postgresql://user:password@host:5432/name`. Without it we run one.",
    )
    redis_url: str = setting(
        readings.redis_url,
        "",
        "Your own Redis or Valkey, as `redis://:password@host:6379/0`; three databases from this number on are used. "
        "Without it the desk runs its own.",
    )
    language: str = setting(
        readings.language, "en", "Language for people whose browser asks for none of ours: `en`, `id` or `sv`."
    )
    time_zone: str = setting(readings.time_zone, "UTC", "Time zone of the desk, such as `Europe/Stockholm`.")
    max_upload: int = setting(readings.positive, 25, "Largest attachment, in MB.")
    message_rate: int = setting(
        readings.positive, 10, "Messages one customer or agent may send in ten seconds before being asked to slow down."
    )
    sockets_per_address: int = setting(
        readings.positive, 50, "Open messengers from one network address, in each web process."
    )
    conversation_rate: int = setting(
        readings.positive, 120, "New conversations from one network address in an hour; a single visitor gets ten."
    )
    web_threads: int = setting(
        readings.positive,
        16,
        "Pages and API calls that one web process works on at the same time; each keeps a database connection.",
    )
    worker_threads: int = setting(readings.positive, 8, "Background tasks done at the same time.")
    statement_timeout: int = setting(
        readings.milliseconds,
        5000,
        "Longest database statement of a web or worker process, as `5s` or `500ms`; `0` means no limit.",
    )
    log_level: str = setting(
        readings.log_level, "INFO", "Least serious message worth printing: DEBUG, INFO, WARNING or ERROR."
    )
    channel_layer: str = setting(
        readings.dotted, "conversations.layer.HubLayer", "Class that carries live updates between processes."
    )
    pg_bin: Path | None = setting(
        readings.directory, None, "Directory with PostgreSQL's programs, to be used instead of the packaged ones."
    )
    debug: bool = setting(
        readings.boolean, False, "Developing: tracebacks in the browser, unhashed static files. Local only."
    )

    @property
    def all_hosts(self) -> list[str]:
        """Every host name the desk answers to; on this machine, whichever way this machine is called."""
        host = urlsplit(self.url).hostname or "localhost"
        local = ["localhost", "127.0.0.1", "[::1]"]
        return list(dict.fromkeys([f"[{host}]" if ":" in host else host, *self.hosts, *local]))

    @property
    def is_https(self) -> bool:
        return self.url.startswith("https://")


def variable(entry: Field[Any]) -> str:
    """The environment variable that a field of `Environment` is read from."""
    return entry.name.upper() if entry.name in UNPREFIXED else PREFIX + entry.name.upper()


def known() -> list[str]:
    """Every variable we read."""
    return [variable(entry) for entry in fields(Environment)]


def load(source: Mapping[str, str]) -> Environment:
    """Read the settings, or raise `BadEnvironment` with all that is wrong with them at once."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for entry in fields(Environment):
        text = source.get(variable(entry), "").strip()
        try:
            if text:
                values[entry.name] = entry.metadata["parse"](text)
        except ValueError as error:
            problems.append(f"{variable(entry)}={_shown(entry, text)}: {error}")
    found = Environment(**values)
    problems.extend(_contradictions(found))
    if problems:
        raise BadEnvironment(problems)
    return found


def _shown(entry: Field[Any], text: str) -> str:
    """The value as an error may print it: a secret or a password never gets into a log."""
    return "…" if "secret" in entry.name or "@" in text else text


def _contradictions(found: Environment) -> Iterator[str]:
    strangers = [host for host in found.all_hosts if not readings.is_local(host.strip("[]"))]
    if found.debug and strangers:
        yield f"PARLEY_DEBUG=1: shows source code to everybody, expected 0 when serving {strangers[0]}"


def warnings(source: Mapping[str, str]) -> list[str]:
    """A line for every variable that looks like one of ours and is none."""
    return [_unknown(name) for name in sorted(source) if name.startswith(PREFIX) and name not in known()]


def _unknown(name: str) -> str:
    short = {each.removeprefix(PREFIX): each for each in known()}
    near = difflib.get_close_matches(name.removeprefix(PREFIX), short, 1)
    return f"{name}: unknown setting" + (f", did you mean {short[near[0]]}?" if near else "")
