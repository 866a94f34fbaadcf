"""What is removed is gone, what is shared stays, and what died half-way is swept."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from conversations import actions
from conversations.actions import files
from conversations.actions.files import remove, store_upload, sweep_unbound
from conversations.files import storage
from conversations.models import Attachment
from people.models import Role
from tests.conversations import samples
from tests.conversations.desk import NOON, agent, conversation, says
from tests.conversations.uploads import Browser, kept, stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


def picture(name: str = "passport of Bea Ortiz.png") -> Attachment:
    return kept(samples.picture(size=(900, 900)), name, Browser().uploader)


def test_a_removed_file_leaves_a_tombstone(media: Path) -> None:
    file = picture()
    remove(file, now=NOON)
    remove(file, now=NOON + timedelta(days=1))
    file.refresh_from_db()
    assert (file.removed_at, file.name, file.blob, file.width) == (NOON, "file.png", "", None)
    assert stored(media) == []


def test_a_content_stays_as_long_as_anybody_else_has_it(media: Path) -> None:
    one, other = picture(), picture()
    remove(one, now=NOON)
    assert storage.blob(other.blob).exists()
    remove(other, now=NOON)
    assert stored(media) == []


def test_redacting_a_message_removes_its_files(media: Path) -> None:
    where, file = conversation(), picture()
    part = where.parts.get(pk=says(where, "look").id)
    Attachment.objects.filter(pk=file.pk).update(part=part)
    actions.redact(part, by=agent(role=Role.ADMIN), now=NOON)
    file.refresh_from_db()
    assert (file.removed_at, file.blob) == (NOON, "")
    assert stored(media) == []


def test_nothing_goes_when_the_transaction_fails(media: Path) -> None:
    from django.db import transaction

    file = picture()

    def fail() -> None:
        with transaction.atomic():
            remove(file, now=NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    file.refresh_from_db()
    assert file.removed_at is None
    assert storage.blob(file.blob).exists()


def test_a_removal_that_died_half_way_is_finished(monkeypatch: pytest.MonkeyPatch, media: Path) -> None:
    file = picture()
    monkeypatch.setattr(files, "_discard_unused", lambda _blob: None)
    remove(file, now=NOON)
    monkeypatch.undo()
    assert stored(media) != []
    assert sweep_unbound(NOON) == 1
    assert stored(media) == []
    assert sweep_unbound(NOON) == 0


def test_uploads_nobody_sent_go_after_a_day(media: Path) -> None:
    file = picture()
    assert sweep_unbound(NOON + timedelta(hours=23)) == 0
    assert storage.blob(file.blob).exists()
    assert sweep_unbound(NOON + timedelta(hours=25)) == 1
    assert (Attachment.objects.count(), stored(media)) == (0, [])


def test_what_a_killed_process_left_behind_goes(media: Path) -> None:
    now, file = timezone.now(), picture()
    Attachment.objects.update(created_at=now + timedelta(days=2))
    half = storage.Workbench().path("received")
    half.write_bytes(b"half of a")
    stray = storage.blob("ab" * 32)
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"no row names me")
    assert sweep_unbound(now + timedelta(minutes=30)) == 0
    assert sweep_unbound(now + timedelta(minutes=61)) == 1
    assert not half.exists()
    sweep_unbound(now + timedelta(hours=25))
    assert not stray.exists()
    assert storage.blob(file.blob).exists()


def test_an_upload_that_breaks_off_leaves_nothing(media: Path) -> None:
    class Cut:
        """A stream whose sender goes away."""

        def __init__(self) -> None:
            self.left = 3

        def read(self, size: int) -> bytes:
            self.left -= 1
            if not self.left:
                raise ConnectionResetError
            return b"a" * size

    with pytest.raises(ConnectionResetError):
        store_upload(Cut(), "a.txt", Browser().uploader, NOON)  # type: ignore[arg-type]
    assert (Attachment.objects.count(), stored(media)) == (0, [])


def test_removing_and_sending_the_same_content_again_never_lose_it() -> None:
    """Whatever the order: a row that is there has its content."""
    content, browser = b"again and again", Browser()

    def send_and_remove(times: int) -> None:
        try:
            for _ in range(times):
                remove(kept(content, "a.txt", browser.uploader), now=NOON)
        finally:
            connection.close()

    threads = [threading.Thread(target=send_and_remove, args=[15]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(15):
        last = kept(content, "a.txt", browser.uploader)
        assert storage.blob(last.blob).read_bytes() == content
    for thread in threads:
        thread.join()
    assert storage.blob(last.blob).read_bytes() == content


def test_old_contents_are_found_by_when_they_came(media: Path) -> None:
    file = picture()
    os.utime(storage.blob(file.blob), (1, 1))
    assert list(storage.old_blobs(2)) == [[file.blob]]
    assert list(storage.old_blobs(0)) == [[]]
