"""How often something may be tried before we ask for patience. Counted in Valkey, by all processes together."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network

import redis
from django.conf import settings
from django.http import HttpRequest

log = logging.getLogger(__name__)

# Counting and expiring are one step: a process killed between the two would leave a count that never ends.
_TAKE = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
"""
_GIVE_BACK = "if tonumber(redis.call('GET', KEYS[1]) or 0) > 0 then redis.call('DECR', KEYS[1]) end"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` times in `seconds`, counted from the first.

    An attempt is taken before it is made and given back when it went well: a hundred at the same moment cannot all
    slip in before the first has failed. While Valkey is away nothing is limited, since agents must be able to sign in
    on a bad day, and every attempt costs a slow hash anyway.
    """

    name: str
    most: int
    seconds: int

    def take(self, who: str) -> int:
        """Count an attempt. Returns for how many seconds to wait, 0 when it may be made."""
        try:
            counted, left = _client().eval(_TAKE, 1, self._key(who), self.seconds * 1000)
        except redis.RedisError as problem:
            log.warning("%s is not limited, Valkey is away: %s", self.name, problem)
            return 0
        return max(1, -(-int(left) // 1000)) if int(counted) > self.most else 0

    def give_back(self, who: str) -> None:
        try:
            _client().eval(_GIVE_BACK, 1, self._key(who))
        except redis.RedisError as problem:
            log.warning("%s: an attempt was not given back: %s", self.name, problem)

    def _key(self, who: str) -> str:
        """Valkey never learns an address or a name, whatever its length."""
        return f"limit:{self.name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(str(settings.CACHES["default"]["LOCATION"]), socket_timeout=2, socket_connect_timeout=2)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, as limits count it."""
    return counted_address(str(request.META.get("REMOTE_ADDR", "")), request.headers.get("X-Forwarded-For", ""))


def counted_address(peer: str, forwarded: str) -> str:
    """Whom a connection from `peer` is counted as. X-Forwarded-For counts only as far as our own proxies wrote it: each
    appends the address it saw, so with n of them the n-th entry from the right is the client's; all left of it may be
    invented."""
    proxies: int = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return _network(hops[-min(proxies, len(hops))] if proxies and hops else peer)


def _network(address: str) -> str:
    """An IPv4 address as it is. Of IPv6 everybody has at least a /64, in which each try could come from another."""
    try:
        found = ip_address(_without_port(address).partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def _without_port(address: str) -> str:
    """Some proxies write it behind the address."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
