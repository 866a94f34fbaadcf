"""Rows that arrive while one INSERT is on its way go together in the next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import psycopg

TABLE = """
CREATE TABLE IF NOT EXISTS limit_message (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, room int NOT NULL, client_id uuid NOT NULL,
    body text NOT NULL, created_at timestamptz NOT NULL
)"""
_INSERT = """
INSERT INTO limit_message (room, client_id, body, created_at)
SELECT u.room, u.client_id, u.body, now()
FROM unnest(%s::int[], %s::uuid[], %s::text[]) WITH ORDINALITY AS u (room, client_id, body, place)
ORDER BY u.place RETURNING id"""
_MOST = 500


class Row(NamedTuple):
    room: int
    client_id: str
    body: str


class Writer:
    """One connection, one statement at a time."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._waiting: list[tuple[Row, Callable[[int], None]]] = []
        self._arrived = asyncio.Event()

    async def start(self) -> None:
        self._link = await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, prepare_threshold=0)
        self._task = asyncio.create_task(self._run())

    def put(self, row: Row, stored: Callable[[int], None]) -> None:
        self._waiting.append((row, stored))
        self._arrived.set()

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._write(batch)

    async def _write(self, batch: list[tuple[Row, Callable[[int], None]]]) -> None:
        columns = [list(column) for column in zip(*(row for row, _ in batch), strict=True)]
        cursor = await self._link.execute(_INSERT, columns)
        for (number,), (_, stored) in zip(await cursor.fetchall(), batch, strict=True):
            stored(number)
