"""Names as they are shown."""

from __future__ import annotations

import re
import unicodedata

_DIRECTION = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"\s+")


def one_line(name: str, limit: int = 200) -> str:
    """One line without direction tricks and control characters, at most `limit` characters."""
    name = unicodedata.normalize("NFC", _DIRECTION.sub("", name))
    name = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in name)
    return _SPACE.sub(" ", name).strip()[:limit]
