"""Files on a disk that is full, and the same content from everywhere at once."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from conversations.files import images, storage
from conversations.models import Attachment
from tests.conversations import samples
from tests.conversations.uploads import Browser, error_of, kept, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("where", ["_created", "_sync", "_move", "_directory"])
@pytest.mark.parametrize(("name", "content"), [("a.txt", b"hello"), ("a.png", samples.picture())])
def test_a_full_disk_keeps_nothing(
    where: str, name: str, content: bytes, monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    monkeypatch.setattr(storage, where, _full)
    answer = Browser().upload(name, content)
    assert error_of(answer)[:2] == (507, "storage_full")
    assert not Attachment.objects.exists()
    assert stored(media) == []
    monkeypatch.undo()
    assert Browser().upload(name, content).status_code == 201


def test_files_leave_room_for_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "RESERVE", 1 << 60)
    assert error_of(Browser().upload("a.txt", b"hello"))[:2] == (507, "storage_full")


def test_a_decoder_on_a_full_disk_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    full = tmp_path / "full.py"
    full.write_text("raise SystemExit(5)")
    monkeypatch.setattr(images, "_PROGRAM", full)
    assert error_of(Browser().upload("a.png", samples.picture()))[:2] == (507, "storage_full")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "content"), [("a.txt", b"hello"), ("a.png", samples.picture(size=(700, 700)))])
def test_the_same_file_at_the_same_time_is_one_content_and_two_rows(name: str, content: bytes, media: Path) -> None:
    browser, ready = Browser(), threading.Barrier(4)
    _in_threads(4, lambda: (ready.wait(), kept(content, name, browser.uploader)))
    assert Attachment.objects.count() == 4
    (blob,) = Attachment.objects.values_list("blob", flat=True).distinct()
    assert [path.name for path in stored(media / "blobs")] == [blob]
    assert stored(media / "incoming") == []


def _in_threads(count: int, work: Callable[[], object]) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
