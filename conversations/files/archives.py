"""What is inside a ZIP file, read from its table of contents; nothing is ever unpacked."""

from __future__ import annotations

import os
import re
import struct
import zipfile
from typing import IO

MACROS, BOMB, DAMAGED, OTHER = "macros", "bomb", "damaged", "other"
_OPENDOCUMENT = b"application/vnd.oasis.opendocument."
_MAX_ENTRIES = 10_000
_MAX_UNPACKED = 1 << 30
_MAX_CONTENTS = 2 << 20  # bytes of the table of contents
_CLOSING, _CLOSING_64, _POINTER_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_MAX_RATIO = 150  # plain XML packs to a tenth, a spreadsheet of zeros to a fiftieth


def inside(file: IO[bytes]) -> str:
    """word, xl, ppt, text, spreadsheet or presentation for documents; else one of the constants above."""
    size = file.seek(0, os.SEEK_END)
    if not _contents_are_small(file, size):
        return BOMB
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error):
        return DAMAGED
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _MAX_UNPACKED or unpacked > _MAX_RATIO * max(size, 1 << 16):
        return BOMB
    names = [entry.filename for entry in entries]
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".scr")) for name in names):
        return MACROS
    return _opendocument(file) or _office(names)


def _contents_are_small(file: IO[bytes], size: int) -> bool:
    """Look at the closing record first: opening an archive reads its whole table of contents into memory. What looks
    like such a record may stand inside another, and readers differ in which they believe: each has to be small."""
    file.seek(max(0, size - (1 << 16) - 22))
    tail = file.read()
    places = [found.start() for found in re.finditer(re.escape(_CLOSING), tail)]
    return all(_is_small(tail, at) for at in places)  # none, or half of one, is found damaged on opening


def _is_small(tail: bytes, at: int) -> bool:
    """The record at `at`; where a larger one stands before it, as in archives beyond 4 GB, that is what counts."""
    stated = [struct.unpack_from("<HI", tail, at + 10)] if len(tail) >= at + 22 else []
    if at >= 76 and tail.startswith(_POINTER_64, at - 20) and tail.startswith(_CLOSING_64, at - 76):
        stated.append(struct.unpack_from("<QQ", tail, at - 44))
    return all(entries <= _MAX_ENTRIES and length <= _MAX_CONTENTS for entries, length in stated)


def _opendocument(file: IO[bytes]) -> str:
    """These begin, by their standard, with an unpacked entry that holds the media type."""
    file.seek(30)
    start = file.read(100)
    if not start.startswith(b"mimetype" + _OPENDOCUMENT):
        return ""
    found = start[8 + len(_OPENDOCUMENT) :]
    return next((name for name in ("text", "spreadsheet", "presentation") if found.startswith(name.encode())), OTHER)


def _office(names: list[str]) -> str:
    if "[Content_Types].xml" not in names:
        return OTHER
    folders = {name.partition("/")[0] for name in names}
    return next((folder for folder in ("word", "xl", "ppt") if folder in folders), OTHER)
