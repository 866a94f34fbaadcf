"""A file arrives, and somebody says which of its columns mean what."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations.errors import Refusal
from conversations.files.refusals import FileEmpty, megabytes
from conversations.models import Topic
from people.models import Agent
from people.names import one_line
from triage.actions.importing import tables
from triage.errors import ManagersOnly
from triage.models import Import
from triage.signals import import_asked

NEW, NONE, SKIP = "new", "none", "skip"  # what a value may become instead of a topic's key
_STATE = Import.State


class FileTooLong(Refusal):
    """Too many bytes."""

    code = "file_too_large"
    status = 413

    def __init__(self) -> None:
        super().__init__(
            format_lazy(_("The file is larger than {limit}."), limit=megabytes(tables.LARGEST)), field="file"
        )


def receive(chunks: Iterable[bytes], name: str, *, by: Agent | None, now: datetime) -> Import:
    """Keep a file for reading. The same file again is the same import, however far it came.

    Raises:
        ManagersOnly, FileTooLong, FileEmpty, BadTable: as they say.
    """
    _allow(by)
    suffix = Path(name).suffix.lower()
    if suffix not in tables.FORMS:
        raise tables.BadTable("unknown_form", _("Send a CSV, JSONL or Parquet file."))
    draft = folder() / f".{secrets.token_hex(8)}{suffix}"
    try:
        sha256 = _write(draft, chunks)
        tables.look_at(draft)
        draft.replace(folder() / f"{sha256}{suffix}")
    finally:
        draft.unlink(missing_ok=True)
    fresh = {"name": one_line(name, 200), "state": _STATE.WAITING, "author": by, "created_at": now}
    return Import.objects.get_or_create(sha256=sha256, defaults=fresh)[0]


def _write(path: Path, chunks: Iterable[bytes]) -> str:
    digest, size = hashlib.sha256(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > tables.LARGEST:
                raise FileTooLong
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise FileEmpty
    return digest.hexdigest()


def choose(
    batch: Import,
    *,
    text: Sequence[str],
    topic: str,
    priority: str = "",
    mapping: Mapping[str, str] | None = None,
    others: str = NEW,
    by: Agent | None,
    now: datetime,
) -> None:
    """Say which columns hold the message, its topic and its priority, and have the file read.

    `mapping` says of values of the topic column what they become: the key of a topic, or new (a topic of that name),
    none (about none of these) or skip (leave the row out); `others` says it of values that it does not name.
    Raises:
        ManagersOnly, BadTable: as they say.
    """
    _allow(by)
    path = path_of(batch)
    wanted = [*text, topic, *([priority] if priority else [])]
    if not text or not topic:
        raise tables.BadTable("columns_missing", _("Say which column holds the message and which the topic."))
    tables.check_columns(path, wanted)
    _check_mapping({**(mapping or {}), "": others})
    columns = {"text": list(text), "topic": topic, "priority": priority, "map": dict(mapping or {}), "others": others}
    with transaction.atomic():
        same = Import.objects.select_for_update().get(pk=batch.pk)
        if same.state == _STATE.WAITING:
            _begin(same, columns, now)
    batch.refresh_from_db()


def start_over(batch: Import, *, by: Agent | None, now: datetime) -> None:
    """Read on where a failed one stopped, with the columns it had."""
    _allow(by)
    with transaction.atomic():
        same = Import.objects.select_for_update().get(pk=batch.pk)
        if same.state == _STATE.FAILED:
            _begin(same, same.columns, now)
    batch.refresh_from_db()


def _begin(batch: Import, columns: Mapping[str, object], now: datetime) -> None:
    batch.state, batch.columns, batch.problem, batch.beat_at = _STATE.RUNNING, dict(columns), "", now
    batch.save(update_fields=["state", "columns", "problem", "beat_at"])
    transaction.on_commit(lambda: import_asked.send_robust(sender=Import, batch=batch.pk))


def _check_mapping(mapping: Mapping[str, str]) -> None:
    keys = {int(target) for target in mapping.values() if target.isdigit()}
    gone = keys - set(Topic.objects.filter(pk__in=keys).values_list("pk", flat=True))
    strange = [target for target in mapping.values() if not target.isdigit() and target not in (NEW, NONE, SKIP)]
    if gone or strange:
        raise tables.BadTable("unknown_topic", _("One of the chosen topics is gone; choose again."), field="topic")


def folder() -> Path:
    """Where files wait; for the desk alone."""
    path = Path(settings.IMPORTS_ROOT)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(batch: Import) -> Path:
    """Raises BadTable when the file is not there any more."""
    found = next(folder().glob(f"{batch.sha256}.*"), None)
    if found is None:
        raise tables.BadTable("file_gone", _("The file is not here any more; send it again."))
    return found


def _allow(by: Agent | None) -> None:
    if by is not None and not by.sees_everything:
        raise ManagersOnly
