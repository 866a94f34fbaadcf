"""Addresses of databases and brokers: the URLs people write, as the parts each client wants."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit


class BadLocator(ValueError):
    """The URL cannot be understood; the text says what was expected."""


def database_parts(url: str) -> dict[str, object]:
    """The entries of Django's `DATABASES` that a `postgresql://` URL speaks of."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not _has_good_port(parts):
        raise BadLocator("expected postgresql://user:password@host:5432/name")
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise BadLocator("expected a database name after the host: postgresql://user:password@host:5432/name")
    return {
        "NAME": name,
        "USER": options.pop("user", unquote(parts.username or "")),
        "PASSWORD": options.pop("password", unquote(parts.password or "")),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(parts.port or "")),
        "OPTIONS": options,
    }


def _has_good_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


@dataclass(frozen=True)
class RedisAddress:
    """One Redis or Valkey server, and the first of the three numbered databases we use there."""

    scheme: str
    place: str
    first: int
    query: str

    def client(self, offset: int) -> str:
        """The URL for redis-py, with the database moved by `offset`."""
        number = self.first + offset
        if self.scheme == "unix":
            return f"unix://{self.place}?db={number}"
        return f"{self.scheme}://{self.place}/{number}" + (f"?{self.query}" if self.query else "")

    def broker(self, offset: int) -> str:
        """The URL for Celery, which writes unix sockets in its own way."""
        if self.scheme != "unix":
            return self.client(offset)
        return f"redis+socket://{self.place}?virtual_host={self.first + offset}"


def redis_address(url: str) -> RedisAddress:
    """Parse `redis://`, `rediss://` or `unix://`; the database may stand in the path or as `?db=`."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    is_socket = parts.scheme == "unix"
    place = parts.path if is_socket else parts.netloc
    number = query.pop("db", "0" if is_socket else parts.path.lstrip("/") or "0")
    if parts.scheme not in ("redis", "rediss", "unix") or not place or not _has_good_port(parts):
        raise BadLocator("expected redis://:password@host:6379/0 or unix:///path/to/socket?db=0")
    if not number.isdecimal():
        raise BadLocator("expected a database number, as in redis://host:6379/0")
    return RedisAddress(parts.scheme, place, int(number), urlencode(query))
