"""Is the desk alive, and what of it works? Answered before Django, so that nothing that hangs can make this hang."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import redis
import redis.asyncio
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from triage import artefacts

HEARTBEAT = "parley:heartbeat"
STALE = timedelta(seconds=45)
PATIENCE = 2.0


class Health:
    """Answers `/healthz` and `/readyz` and hands every other request on."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self._look: asyncio.Task[tuple[int, dict[str, Any]]] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["path"] == "/healthz":
            await _answer(send, 200, {"status": "ok"})
        elif scope["path"] == "/readyz":
            status, body = await self._looked()
            await _answer(send, status, body)
        else:
            await self.inner(scope, receive, send)

    async def _looked(self) -> tuple[int, dict[str, Any]]:
        """Anybody may ask, and a look costs a connection to the database: all who ask at once get the same one."""
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(readiness())
        return await asyncio.shield(self._look)


async def readiness() -> tuple[int, dict[str, Any]]:
    """The state of each dependency; without PostgreSQL nothing works, without the others chat still does.

    A model that cannot be used is told, and makes nothing unready: people sort conversations then.
    """
    postgres, (valkey, worker) = await asyncio.gather(_postgres(), _valkey_and_worker())
    checks = {"postgres": postgres, "valkey": valkey, "worker": worker}
    if postgres != "ok":
        return 503, {"status": "unavailable", "checks": {**checks, "model": "unknown"}}
    healthy = all(state == "ok" for state in checks.values())
    return 200, {"status": "ok" if healthy else "degraded", "checks": {**checks, "model": await _model()}}


async def _model() -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.to_thread(_ask_model)
    except (DatabaseError, OSError, TimeoutError):
        return "unknown"


def _ask_model() -> str:
    try:
        return artefacts.standing()
    finally:
        connection.close()


async def _postgres() -> str:
    """Through a connection of its own: a pooled one may be the very thing that is stuck."""
    parameters = {**connection.get_connection_params(), "connect_timeout": 2}
    allowed = {
        key: value for key, value in parameters.items() if key not in ("cursor_factory", "context", "prepare_threshold")
    }
    return await _state(_ask_postgres(allowed))


async def _ask_postgres(parameters: dict[str, Any]) -> None:
    async with await psycopg.AsyncConnection.connect(**parameters) as link:
        await link.execute("SELECT 1")


async def _valkey_and_worker() -> tuple[str, str]:
    client = redis.asyncio.Redis.from_url(settings.CACHE_URL)
    try:
        async with asyncio.timeout(PATIENCE):
            beat = await client.get(HEARTBEAT)
    except (redis.RedisError, OSError, TimeoutError):
        return "down", "unknown"
    finally:
        await client.aclose()
    return "ok", _worker(beat, timezone.now())


def _worker(beat: bytes | str | None, now: datetime) -> str:
    if beat is None:
        return "down"
    return "ok" if now - datetime.fromisoformat(beat.decode() if isinstance(beat, bytes) else beat) < STALE else "late"


async def _state(question: Awaitable[None]) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            await question
    except (psycopg.Error, OSError, TimeoutError):
        return "down"
    return "ok"


async def _answer(send: Any, status: int, body: dict[str, Any]) -> None:
    text = json.dumps(body).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(text)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if status == 503:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def leave_heartbeat(now: datetime) -> None:
    """The trace that `/readyz` looks for."""
    with redis.Redis.from_url(settings.CACHE_URL, socket_timeout=2) as client:
        client.set(HEARTBEAT, now.isoformat(), ex=3600)
