"""From the text of an environment variable to a value, or `ValueError` saying which form was expected."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from helpdesk.locators import database_parts, redis_address

LANGUAGES = ("en", "id", "sv")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
_DURATION = re.compile(r"(\d+)(ms|s|m|h)?")
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, None: 1}


def boolean(text: str) -> bool:
    """Yes or no, in the usual spellings."""
    if text.lower() in _TRUE + _FALSE:
        return text.lower() in _TRUE
    raise ValueError("expected 1 or 0")


def count(text: str) -> int:
    """A whole number, zero or more."""
    if not text.isdecimal():
        raise ValueError("expected a whole number, such as 4")
    return int(text)


def positive(text: str) -> int:
    """A whole number, one or more."""
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("expected a whole number above 0, such as 4")
    return int(text)


def milliseconds(text: str) -> int:
    """A duration: `5s`, `500ms`, or plain milliseconds."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("expected a duration, such as 5s or 500ms")
    return int(match[1]) * _UNITS[match[2]]


def time_zone(text: str) -> str:
    """The name of a time zone in the IANA database."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("expected a time zone name, such as Europe/Stockholm") from error
    return text


def language(text: str) -> str:
    """One of the languages the desk speaks."""
    if text not in LANGUAGES:
        raise ValueError(f"expected one of {', '.join(LANGUAGES)}")
    return text


def log_level(text: str) -> str:
    """The least serious kind of message worth printing."""
    if text.upper() not in LEVELS:
        raise ValueError(f"expected one of {', '.join(LEVELS)}")
    return text.upper()


def path(text: str) -> Path:
    """A place in the file system."""
    return Path(text).expanduser().resolve()


def directory(text: str) -> Path:
    """A directory that is there."""
    if not Path(text).is_dir():
        raise ValueError("expected an existing directory")
    return path(text)


def dotted(text: str) -> str:
    """The import path of a Python class."""
    if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", text):
        raise ValueError("expected a dotted path, such as package.module.Class")
    return text


def words(text: str) -> tuple[str, ...]:
    """A list with commas between its members."""
    return tuple(word for word in re.split(r"[,\s]+", text) if word)


def hosts(text: str) -> tuple[str, ...]:
    """Host names the desk answers to; a wildcard would let anybody choose the name in our links."""
    names = words(text)
    if not names or any("*" in name or "/" in name or ":" in name.strip("[]")[:6] for name in names):
        raise ValueError("expected host names without scheme, port or *, such as desk.example.com,www.example.com")
    return names


def web_address(text: str) -> str:
    """The address people type, without a path; plain http only where nobody on the internet listens in."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("expected an address without a path, such as https://desk.example.com")
    if parts.scheme == "http" and not is_private(parts.hostname):
        raise ValueError(f"expected https for a public host, such as https://{parts.netloc}")
    return f"{parts.scheme}://{parts.netloc}"


def is_private(host: str) -> bool:
    """Whether the host name can only mean this machine or a neighbour of it."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return is_local(host) or "." not in host or host.endswith((".local", ".internal", ".lan", ".test"))


def is_local(host: str) -> bool:
    """Whether the host name means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def secret(text: str) -> str:
    """A key nobody can guess."""
    if len(text) < 50 or len(set(text)) < 10 or text.startswith("django-insecure"):
        raise ValueError("expected at least 50 random characters, such as from: openssl rand -base64 48")
    return text


def secrets(text: str) -> tuple[str, ...]:
    """Former keys, newest first."""
    return tuple(secret(word) for word in words(text))


def database_url(text: str) -> str:
    """A PostgreSQL database."""
    database_parts(text)
    return text


def redis_url(text: str) -> str:
    """A Redis or Valkey server; one that the internet can reach must ask for a password."""
    redis_address(text)
    parts = urlsplit(text)
    if parts.hostname and not is_private(parts.hostname) and not parts.password:
        raise ValueError("expected a password for a server outside this network: redis://:password@host:6379/0")
    return text
