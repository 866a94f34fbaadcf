"""The servers a desk brings along: PostgreSQL and Valkey, unless the environment names others."""

from __future__ import annotations

from contextlib import suppress

from helpdesk.engine import Engine
from helpdesk.environment import Environment
from helpdesk.places import Places, postgres_programs, valkey_program
from helpdesk.postgres import Postgres
from helpdesk.state import Addresses, State
from helpdesk.valkey import Valkey


class Engines:
    """The servers of a desk that the environment does not provide, in the order in which they start."""

    def __init__(self, state: State, env: Environment) -> None:
        self.env = env
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        if env.database_url and env.redis_url:
            return
        self.places = Places.of(state)
        if not env.database_url:
            self.postgres = Postgres(state, self.places, postgres_programs(self.places, env.pg_bin))
        if not env.redis_url:
            self.valkey = Valkey(state, self.places, valkey_program(self.places))

    @property
    def ours(self) -> list[Engine]:
        """The engines that are ours to start and stop."""
        return [engine for engine in (self.postgres, self.valkey) if engine is not None]

    @property
    def addresses(self) -> Addresses:
        """Where clients find both servers, whoever runs them."""
        return Addresses(
            database_url=self.postgres.url if self.postgres else self.env.database_url,
            redis_url=self.valkey.url if self.valkey else self.env.redis_url,
            pg_dsn=self.postgres.dsn if self.postgres else self.env.database_url,
            valkey_socket=str(self.valkey.socket) if self.valkey else "",
        )

    def start(self) -> None:
        """Start ours, and make sure that the desk's database is there."""
        for engine in self.ours:
            engine.start()
        if self.postgres is not None:
            self.postgres.create_database()

    def stop(self) -> None:
        """Stop ours, the database last."""
        for engine in reversed(self.ours):
            engine.stop()
        if self.ours:
            with suppress(OSError):  # it is not empty if another engine, not ours to stop, is still there
                self.places.sockets.rmdir()
