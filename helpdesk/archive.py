"""A desk in one file: the database as PostgreSQL dumps it, attachments, models, the signing key, and their writer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from helpdesk.places import packaged_postgres
from helpdesk.state import State

FORMAT = 1
_MEMBERS = ("manifest.json", "database.dump", "secret")
_FOLDERS = ("media", "models")
_FRESH_SCHEMA = (
    "DROP SCHEMA IF EXISTS public CASCADE",
    "CREATE SCHEMA public AUTHORIZATION pg_database_owner",
    "GRANT USAGE ON SCHEMA public TO PUBLIC",
)
Tell = Callable[[str], None]


class ArchiveError(Exception):
    """The backup or the restore cannot be done; the text says what to do about it."""


@dataclass(frozen=True)
class Manifest:
    """What an archive holds. `migrations` tells which code can read it."""

    format: int
    written: str
    migrations: list[str]
    files: int
    models: int = 0  # files that triage's models are made of


def write(target: Path, tell: Tell) -> None:
    """Write the archive; it appears under its name only when it is whole.

    The database is dumped before the attachments are read: what is uploaded meanwhile is a file too many, never one
    too few.
    """
    with _workshop(target.parent) as workshop:
        dump = workshop / "database.dump"
        _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
        tell(f"database: {dump.stat().st_size:,} bytes")
        files = [file for file in settings.MEDIA_ROOT.rglob("*") if file.is_file()]
        models = [file for file in settings.MODELS_ROOT.glob("[!.]*") if file.is_file()]
        manifest = Manifest(FORMAT, timezone.now().isoformat(), _applied(), len(files), len(models))
        (workshop / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1))
        whole = workshop / "whole.tar"
        with tarfile.open(whole, "w") as archive:
            archive.add(workshop / "manifest.json", "manifest.json")
            archive.add(dump, "database.dump")
            if State(settings.ENV.state).secret.exists():
                archive.add(State(settings.ENV.state).secret, "secret")
            for file in files:
                archive.add(file, f"media/{file.relative_to(settings.MEDIA_ROOT)}")
            for file in models:
                archive.add(file, f"models/{file.name}")
        tell(f"attachments: {len(files):,}")
        whole.chmod(0o600)
        whole.replace(target)


def read(source: Path, tell: Tell, *, is_forced: bool = False) -> None:
    """Replace this desk by the archive's. The database changes in one transaction: all of it, or nothing."""
    _refuse_running()
    if not is_forced and is_in_use():
        raise ArchiveError("this desk is in use; --force replaces everything in it")
    settings.MEDIA_ROOT.parent.mkdir(parents=True, exist_ok=True)
    with _workshop(settings.MEDIA_ROOT.parent) as workshop:
        manifest = _unpack(source, workshop)
        script = workshop / "database.sql"
        _postgres("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(workshop / "database.dump"))
        commands = [f"--command={command}" for command in _FRESH_SCHEMA]
        _postgres("psql", "-X", "-q", "--single-transaction", "-v", "ON_ERROR_STOP=1", *commands, f"--file={script}")
        tell(f"database: as of {manifest.written}")
        _replace_media(workshop)
        _replace_models(workshop)
        _replace_secret(workshop)
        tell(f"attachments: {manifest.files:,}")
    connection.close()


def is_in_use() -> bool:
    """Whether somebody works at this desk already."""
    if "people_agent" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM people_agent)")
        return bool(cursor.fetchone()[0])


def _refuse_running() -> None:
    run = State(settings.ENV.state).read_run()
    if run is not None and run.kind == "desk":
        raise ArchiveError("the desk is running; stop it first (Ctrl-C in its terminal), then restore")


def _unpack(source: Path, workshop: Path) -> Manifest:
    """Unpack the archive and make sure, before anything is touched, that it is whole and that we can read it."""
    try:
        with tarfile.open(source) as archive:
            for entry in archive:
                _extract(archive, entry, workshop)
        manifest = Manifest(**json.loads((workshop / "manifest.json").read_text()))
    except (tarfile.TarError, OSError, ValueError, TypeError) as error:
        raise ArchiveError(f"{source} is not a backup of a desk: {error}") from error
    newer = sorted(set(manifest.migrations) - _known())
    if manifest.format > FORMAT or newer:
        raise ArchiveError(f"{source} was written by a newer Parley ({', '.join(newer[:3])}); update this one first")
    found, models = (sum(file.is_file() for file in (workshop / name).rglob("*")) for name in _FOLDERS)
    if found != manifest.files or models != manifest.models or not (workshop / "database.dump").exists():
        raise ArchiveError(f"{source} is incomplete: {found} of {manifest.files} attachments")
    return manifest


def _extract(archive: tarfile.TarFile, entry: tarfile.TarInfo, workshop: Path) -> None:
    """Take out one file, if it is one of those we write: an archive from elsewhere may name any place on the disk."""
    path = PurePosixPath(entry.name)
    is_ours = entry.name in _MEMBERS or (path.parts[0] in _FOLDERS and ".." not in path.parts)
    file = archive.extractfile(entry) if entry.isfile() and is_ours else None
    if file is None:
        raise tarfile.TarError(f"unexpected entry {entry.name}")
    target = workshop / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with file, target.open("wb") as output:
        shutil.copyfileobj(file, output)


def _replace_media(workshop: Path) -> None:
    """As closed to others as uploads leave it, whatever the umask."""
    fresh = workshop / "media"
    fresh.mkdir(exist_ok=True)
    for entry in (fresh, *fresh.rglob("*")):
        entry.chmod(0o750 if entry.is_dir() else 0o640)
    if settings.MEDIA_ROOT.exists():
        settings.MEDIA_ROOT.rename(workshop / "former")
    fresh.rename(settings.MEDIA_ROOT)


def _replace_models(workshop: Path) -> None:
    """For the desk alone: they hold words of customers. Rows name them with their checksums."""
    fresh = workshop / "models"
    fresh.mkdir(exist_ok=True)
    for entry in (fresh, *fresh.iterdir()):
        entry.chmod(0o700 if entry.is_dir() else 0o600)
    if settings.MODELS_ROOT.exists():
        settings.MODELS_ROOT.rename(workshop / "former-models")
    fresh.rename(settings.MODELS_ROOT)


def _replace_secret(workshop: Path) -> None:
    """With the key of the backup, visitors keep their conversations and nobody is signed out."""
    secret = workshop / "secret"
    if secret.exists() and not settings.ENV.secret_key:
        secret.chmod(0o600)
        secret.replace(State(settings.ENV.state).secret)


def _applied() -> list[str]:
    return [f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()]


def _known() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}


@contextmanager
def _workshop(beside: Path) -> Iterator[Path]:
    """A private directory on the same disk, so that the last step is a rename."""
    path = Path(tempfile.mkdtemp(prefix=".parley-", dir=beside))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _postgres(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on our database; the password goes by environment, where `ps` shows nothing."""
    parts = connection.settings_dict
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    env = {variable: str(parts[name]) for variable, name in named.items() if parts[name]}
    if "sslmode" in parts["OPTIONS"]:
        env["PGSSLMODE"] = parts["OPTIONS"]["sslmode"]
    directory = settings.ENV.pg_bin or packaged_postgres()
    done = subprocess.run(
        [directory / program, *(["-d", env["PGDATABASE"]] if program == "psql" else []), *arguments],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ArchiveError(f"{program} failed: {done.stderr.strip()}")
