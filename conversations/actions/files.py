"""Files come and go."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction

from conversations.files import images, kinds, names, storage
from conversations.files.access import Uploader
from conversations.files.storage import Received, Workbench
from conversations.models import Attachment

UNBOUND_LIFE = timedelta(days=1)  # a messenger's outbox may need a while to get through
ABANDONED = timedelta(hours=1)
BATCH = 500


def store_upload(stream: IO[bytes], name: str, uploader: Uploader, now: datetime) -> Attachment:
    """Keep a file that is not yet part of anything; posting binds it.

    Raises:
        Refusal: why it is not kept. Then nothing of it is.
    """
    with storage.workbench() as bench:
        received = storage.receive(stream, bench.path("received"), settings.MAX_UPLOAD_BYTES)
        with received.path.open("rb") as file:
            kind = kinds.identify(file)
        shown, media_type = names.fit(name, kind)
        new = Attachment(
            agent=uploader.agent, token_hash=uploader.token_hash, name=shown, media_type=media_type, created_at=now
        )
        thumbnail = bench.path("thumbnail")
        if kind.image:
            received = _rewritten(received, kind.image, bench, thumbnail, new)
        new.blob, new.size = received.digest, received.size
        return _placed(new, received, thumbnail)


def _rewritten(received: Received, form: str, bench: Workbench, thumbnail: Path, new: Attachment) -> Received:
    copy = bench.path("copy")
    new.width, new.height = images.rewrite(received.path, form, copy, thumbnail)
    return storage.measure(copy) if copy.exists() else received


def _placed(new: Attachment, received: Received, thumbnail: Path) -> Attachment:
    """The file first: a content without a row is swept, a row without its content would be a broken promise."""
    with transaction.atomic():
        storage.hold(received.digest)
        storage.place(received, thumbnail)
        new.save(force_insert=True)
    return new


def remove(attachment: Attachment, *, now: datetime) -> None:
    """The content goes, and with it its name; the row stays as a tombstone. Safe to repeat."""
    present = Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True)
    present.update(removed_at=now, name=names.placeholder(attachment.name), width=None, height=None)
    transaction.on_commit(partial(_discard_unused, attachment.blob))


def _discard_unused(blob: str) -> None:
    """Remove a content that no present file needs. The rows forget it last: until then the sweep knows what to do."""
    if not blob:
        return
    with transaction.atomic():
        storage.hold(blob)
        same = Attachment.objects.filter(blob=blob)
        if not same.filter(removed_at__isnull=True).exists():
            storage.discard(blob)
        same.filter(removed_at__isnull=False).update(blob="")


def sweep_unbound(now: datetime) -> int:
    """Remove uploads that nobody sent, and whatever was left behind when something died half-way. How many went."""
    count = _sweep_rows(now - UNBOUND_LIFE)
    for blob in (
        Attachment.objects.filter(removed_at__isnull=False).exclude(blob="").values_list("blob", flat=True)[:BATCH]
    ):
        _discard_unused(blob)
        count += 1
    count += storage.sweep_incoming((now - ABANDONED).timestamp())
    for old in storage.old_blobs((now - UNBOUND_LIFE).timestamp()):
        known = set(Attachment.objects.filter(blob__in=old).values_list("blob", flat=True))
        strays = [blob for blob in old if blob not in known]
        for blob in strays:
            _discard_unused(blob)
        count += len(strays)
    return count


def _sweep_rows(before: datetime) -> int:
    unbound = Attachment.objects.filter(part__isnull=True, removed_at__isnull=True, created_at__lt=before)
    with transaction.atomic():
        gone = dict(unbound.select_for_update(skip_locked=True, of=("self",)).values_list("pk", "blob")[:BATCH])
        Attachment.objects.filter(pk__in=gone).delete()
        for blob in set(gone.values()):
            transaction.on_commit(partial(_discard_unused, blob))
    return len(gone)
