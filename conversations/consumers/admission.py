"""Who may open a socket: from where, how many, how fast."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from people.limits import counted_address


def header(scope: Mapping[str, Any], name: bytes) -> str | None:
    """A header's only value; None when it is absent or stands there twice."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else None


def own_origin(scope: Mapping[str, Any]) -> bool:
    """Whether the page that opens the socket is one of ours, and the host one we answer to."""
    origin, host = header(scope, b"origin"), header(scope, b"host")
    if origin is None or host is None:
        return False
    return origin.lower() in (f"{scheme}://{host}".lower() for scheme in _schemes()) and known_host(host)


def _schemes() -> tuple[str, ...]:
    """Of our pages: once they come by https, one that came without may be anybody's."""
    return ("https",) if settings.SESSION_COOKIE_SECURE else ("http", "https")


def known_host(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return "*" in settings.ALLOWED_HOSTS or name.lower() in settings.ALLOWED_HOSTS


def client_address(scope: Mapping[str, Any]) -> str:
    """The peer's address, or what our own proxies say. Some of them add a header of their own instead of a word."""
    peer = (scope.get("client") or ("", 0))[0]
    forwarded = [value.decode("latin-1") for key, value in scope["headers"] if key == b"x-forwarded-for"]
    return counted_address(str(peer), ",".join(forwarded))


def language(scope: Mapping[str, Any]) -> str:
    """What the browser asks for, of the languages we speak."""
    asking = HttpRequest()
    asking.META["HTTP_ACCEPT_LANGUAGE"] = header(scope, b"accept-language") or ""
    return translation.get_language_from_request(asking)


class Rate:
    """A bucket of `size` that fills again within `seconds`."""

    __slots__ = ("_at", "_left", "seconds", "size")

    def __init__(self, size: float, seconds: float) -> None:
        self.size, self.seconds = size, seconds
        self._left, self._at = size, time.monotonic()

    def take(self) -> float:
        """Take one. 0 when there was one, else the seconds until there is."""
        self._fill()
        if self._left < 1:
            return (1 - self._left) * self.seconds / self.size
        self._left -= 1
        return 0

    def is_full(self) -> bool:
        """Whether a new one would be no different."""
        self._fill()
        return self._left >= self.size

    def _fill(self) -> None:
        now = time.monotonic()
        self._left = min(self.size, self._left + (now - self._at) * self.size / self.seconds)
        self._at = now


class Shared:
    """Buckets that all sockets of one key in this process take from, at once or one after another: a limit must not
    grow with every further tab."""

    KEPT = 5_000

    def __init__(self) -> None:
        self._rates: dict[str, Rate] = {}

    def of(self, key: str, size: float, seconds: float) -> Rate:
        if len(self._rates) >= self.KEPT:
            self._rates = {each: rate for each, rate in self._rates.items() if not rate.is_full()}
        return self._rates.setdefault(key, Rate(size, seconds))


class Seats:
    """How many sockets each key holds in this process."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def take(self, key: str, limit: int) -> bool:
        if self._taken[key] >= limit:
            return False
        self._taken[key] += 1
        return True

    def leave(self, key: str) -> None:
        self._taken[key] -= 1
        if self._taken[key] <= 0:
            del self._taken[key]
