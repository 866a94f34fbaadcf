"""Checks against the database, run by `migrate` and so by every start after an update."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core import checks
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

TOLERANCE = timedelta(minutes=5)


@checks.register(checks.Tags.database)
def database_checks(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """What is wrong between this code, this machine and the database."""
    if not databases:
        return []
    return [*_newer_database(), *_clocks(timezone.now(), _database_time())]


def _newer_database() -> list[checks.CheckMessage]:
    """Tables that newer code has made: older code would misread them without a word."""
    loader = MigrationLoader(connection)
    ours = {app for app, _ in loader.disk_migrations}
    unknown = [key for key in loader.applied_migrations if key[0] in ours and not _is_known(loader, key)]
    if not unknown:
        return []
    names = ", ".join(f"{app}.{name}" for app, name in sorted(unknown)[:3])
    return [
        checks.Error(
            f"The database was written by a newer Parley ({names}).",
            hint="Update this checkout, or restore a backup that is as old as it: bin/manage restore --force FILE",
            id="helpdesk.E001",
        )
    ]


def _is_known(loader: MigrationLoader, key: tuple[str, str]) -> bool:
    """Whether we have the migration, or one that replaces it."""
    return key in loader.disk_migrations or any(key in each.replaces for each in loader.disk_migrations.values())


def _database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def _clocks(here: datetime, there: datetime) -> list[checks.CheckMessage]:
    difference = abs(here - there)
    if difference < TOLERANCE:
        return []
    return [
        checks.Warning(
            f"This machine's clock and the database's differ by {difference}.",
            hint="Deadlines and the order of events will be wrong; synchronise both clocks.",
            id="helpdesk.W001",
        )
    ]
