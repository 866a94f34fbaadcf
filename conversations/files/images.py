"""Images are never kept as they came: a process of its own decodes them and writes them anew."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from conversations.errors import Busy
from conversations.files import image_child
from conversations.files.refusals import ImageDamaged, ImageTooLarge, StorageFull

MAX_PIXELS = 40_000_000
THUMBNAIL_EDGE = 640
_PROGRAM = Path(image_child.__file__)
_SECONDS = 30
# Each may use a gigabyte for a moment. A few more wait, and the rest come back later: whoever waits here keeps a thread
# that others need for their pages.
_turns = threading.BoundedSemaphore(2)
_places = threading.BoundedSemaphore(6)


def rewrite(source: Path, form: str, copy: Path, thumbnail: Path) -> tuple[int, int]:
    """Write `source` anew as `copy` and `thumbnail`, as `image_child` describes. The image's width and height.

    Raises:
        ImageTooLarge, ImageDamaged, StorageFull, Busy: nothing of use was written.
    """
    if not _places.acquire(blocking=False):
        raise Busy
    try:
        with _turns:
            done = _run([form, str(source), str(copy), str(thumbnail), str(MAX_PIXELS), str(THUMBNAIL_EDGE)])
    finally:
        _places.release()
    if done.returncode == image_child.TOO_LARGE:
        raise ImageTooLarge(MAX_PIXELS)
    if done.returncode == image_child.DISK_FULL:
        raise StorageFull
    if done.returncode != 0:
        raise ImageDamaged
    width, height = done.stdout.split()
    return int(width), int(height)


def _run(arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-I", str(_PROGRAM), *arguments]
    try:
        return subprocess.run(command, env={}, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ImageDamaged from None
