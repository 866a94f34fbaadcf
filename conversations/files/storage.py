"""Where contents lie: one file for each content, named by its SHA-256, below the media directory and outside of
anything that is served by name.

    media/incoming/    being received; whatever is older than an hour was abandoned
    media/blobs/ab/    contents
    media/thumbnails/  what was derived from them, under the same names
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

from conversations.files.refusals import FileEmpty, FileTooLarge, StorageFull

RESERVE = 256 << 20  # bytes that files leave to the database beside them
_CHUNK = 256 * 1024
_MODE, _DIRECTORY_MODE = 0o640, 0o750
_FULL = (errno.ENOSPC, errno.EDQUOT)


def blob(name: str) -> Path:
    return _root() / "blobs" / name[:2] / name


def thumbnail(name: str) -> Path:
    return _root() / "thumbnails" / name[:2] / name


@dataclass(frozen=True, slots=True)
class Received:
    """A content that has arrived but has no place yet."""

    path: Path
    digest: str
    size: int


class Workbench:
    """Temporary files of one upload: all of them are gone in the end, whatever happened."""

    def __init__(self) -> None:
        self._name = secrets.token_hex(16)
        self._paths: list[Path] = []

    def path(self, label: str) -> Path:
        made = _directory(_root() / "incoming") / f"{self._name}-{label}"
        self._paths.append(made)
        return made

    def clear(self) -> None:
        for path in self._paths:
            path.unlink(missing_ok=True)


@contextmanager
def workbench() -> Iterator[Workbench]:
    """Room to work in. A full disk inside becomes a refusal.

    Raises:
        StorageFull: there is no room, or less than the database next to it should be left.
    """
    made = Workbench()
    try:
        if shutil.disk_usage(_directory(_root())).free < RESERVE:
            raise StorageFull
        yield made
    except OSError as problem:
        if problem.errno in _FULL:
            raise StorageFull from problem
        raise
    finally:
        made.clear()


def receive(stream: IO[bytes], path: Path, limit: int) -> Received:
    """Write a stream to `path`, chunk by chunk.

    Raises:
        FileEmpty, FileTooLarge: as they say.
    """
    digest, size = hashlib.sha256(), 0
    with _created(path) as file:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise FileTooLarge
            digest.update(chunk)
            file.write(chunk)
        _sync(file)
    if size == 0:
        raise FileEmpty
    return Received(path, digest.hexdigest(), size)


def measure(path: Path) -> Received:
    """A file that somebody else wrote."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        _sync(file)
        return Received(path, digest, os.fstat(file.fileno()).st_size)


def place(received: Received, derived: Path | None) -> None:
    """Give a content its place. Call it after `hold`; a copy that is there already is replaced by its equal, so that
    it is new again to a sweep."""
    if derived is not None and derived.exists():
        _move(derived, thumbnail(received.digest))
    _move(received.path, blob(received.digest))


def discard(name: str) -> None:
    """Remove a content, after `hold` and when no row names it any more."""
    for path in (thumbnail(name), blob(name)):
        path.unlink(missing_ok=True)


def hold(name: str) -> None:
    """Until the transaction ends, nobody else places or discards this content."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"blob:{name}"])


def sweep_incoming(before: float) -> int:
    """Remove what was abandoned half-way: files last written before that moment (seconds since 1970)."""
    count = 0
    for path in _listed(_root() / "incoming"):
        with suppress(FileNotFoundError):  # its upload has just ended
            if path.stat().st_mtime < before:
                path.unlink()
                count += 1
    return count


def old_blobs(before: float) -> Iterator[list[str]]:
    """Names of the contents placed before that moment, directory by directory."""
    for folder in _listed(_root() / "blobs"):
        yield [path.name for path in _listed(folder) if path.stat().st_mtime < before]


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)


def _directory(path: Path) -> Path:
    """Made with its parents, none of which may be open to everybody, whatever the umask."""
    if not path.is_dir():
        _directory(path.parent)
        path.mkdir(_DIRECTORY_MODE, exist_ok=True)
    return path


def _created(path: Path) -> IO[bytes]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    os.fchmod(handle, _MODE)  # whatever the umask
    return os.fdopen(handle, "wb")


def _move(source: Path, target: Path) -> None:
    source.chmod(_MODE)
    folder = _directory(target.parent)
    source.replace(target)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)  # the name, too, must survive the power going off
    finally:
        os.close(handle)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
