"""The name a file is shown under. It never reaches the disk."""

from __future__ import annotations

import re

from conversations.files.kinds import EXTENSIONS, Kind
from conversations.files.refusals import FileTypeMismatch, FileTypeNotAllowed
from people.names import one_line

MAX_NAME = 150
_UNNAMED = "file"
# ".15" in "Screenshot at 10.15" says nothing about what a file is.
_EXTENSION = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,9})$")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)  # devices, to Windows


def fit(name: str, kind: Kind) -> tuple[str, str]:
    """The name to show for a file of `kind`, and its media type.

    Raises:
        FileTypeNotAllowed: we take no such files.
        FileTypeMismatch: the name claims another kind.
    """
    name = clean(name)
    found = _EXTENSION.search(name)
    extension = found[1].lower() if found else ""
    if not kind.types:
        raise (
            FileTypeMismatch(kind.looks_like, extension)
            if extension in EXTENSIONS
            else FileTypeNotAllowed(kind.looks_like)
        )
    if extension and extension not in kind.types:
        raise FileTypeMismatch(kind.looks_like, extension)
    if not extension:
        return f"{name}.{kind.extension}", kind.types[kind.extension]
    return name, kind.types[extension]


def clean(name: str) -> str:
    """One line without path, direction tricks or anything invisible, at most 150 characters with its extension."""
    base = re.split(r"[/\\]", name)[-1]
    base = one_line(base, limit=4096).lstrip(". -").rstrip(". ")
    base = f"_{base}" if _RESERVED.match(base) else base or _UNNAMED
    stem, dot, extension = base.rpartition(".")
    room = MAX_NAME - 10  # a missing extension is put behind later
    if len(base) <= room:
        return base
    return f"{stem[: room - len(extension) - 1]}.{extension}" if dot and len(extension) <= 10 else base[:room]


def placeholder(name: str) -> str:
    """What is left of the name of a removed file: enough to see what it was, nothing that it said."""
    found = _EXTENSION.search(name)
    return f"{_UNNAMED}.{found[1].lower()}" if found else _UNNAMED
