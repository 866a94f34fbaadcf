"""What must be done before the desk opens, skipped when it has been done: tables, static files, the demo desk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import psycopg

from helpdesk.state import CHECKOUT, State, replace_text


def fingerprint(files: Iterable[Path]) -> str:
    """A hash over names and contents, and over the versions of everything installed."""
    digest = hashlib.sha256((CHECKOUT / "requirements.lock").read_bytes())
    for file in sorted(files):
        digest.update(str(file).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


class Tables:
    """Whether the database is as the migrations want it, without asking Django, which takes a second to start."""

    def __init__(self, state: State, dsn: str) -> None:
        self.stamp = state.root / "migrated"
        self.dsn = dsn

    def are_current(self) -> bool:
        """Whether nothing has changed since the last migration, in the code or in the database."""
        return self.stamp.exists() and self.stamp.read_text() == self._mark()

    def have_changed(self) -> None:
        """Remember this state as current."""
        replace_text(self.stamp, self._mark())

    def _mark(self) -> str:
        """The migrations as written, with the number of those applied: a database restored or replaced shows in it."""
        written = fingerprint(CHECKOUT.glob("*/migrations/*.py"))
        applied = self._value("SELECT count(*) FROM django_migrations")
        return f"{written} {applied}\n"

    def has_agents(self) -> bool:
        """Whether anybody works here yet."""
        return bool(self._value("SELECT count(*) FROM people_agent"))

    def _value(self, query: str) -> int | None:
        with psycopg.connect(self.dsn, connect_timeout=5) as link:
            try:
                row = link.execute(query).fetchone()
            except psycopg.errors.UndefinedTable:
                return None
        return row[0] if row else None


class StaticFiles:
    """Whether the collected static files are those of this code.

    Files of former versions stay: a page that was open during an update still asks for them.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.stamp = state.root / "collected"
        trees = [CHECKOUT / "static", *CHECKOUT.glob("*/static")]
        rules = [CHECKOUT / "helpdesk" / name for name in ("apps.py", "storage.py")]
        self.mark = fingerprint([*rules, *(file for tree in trees for file in tree.rglob("*") if file.is_file())])

    def are_current(self) -> bool:
        """Whether nothing has changed since they were collected."""
        return self.stamp.exists() and self.state.static.is_dir() and self.stamp.read_text() == self.mark

    def have_changed(self) -> None:
        """Remember this state as current."""
        replace_text(self.stamp, self.mark)
