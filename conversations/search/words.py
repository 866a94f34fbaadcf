"""Texts as search sees them: words and numbers, with nothing between them that PostgreSQL's parser would read into.

Left alone, it takes "done.Thanks" for a host, "refund/exchange" for a file and "A-1029" for minus 1,029, and none of
them is found by its words. So punctuation becomes signs of the private use area, which separate and mean nothing, and
which can be turned back where text is shown.
"""

from __future__ import annotations

import string
import unicodedata

START, STOP = "\ue000", "\ue001"  # around hits, in what PostgreSQL returns
_HIDDEN = "".join(chr(0xE100 + ord(sign)) for sign in string.punctuation)
_REVEAL = str.maketrans(_HIDDEN, string.punctuation)
_BLANK = str.maketrans(dict.fromkeys(string.punctuation, " "))

# The SQL of a column in that form, and its parameters.
PLAIN = "translate(normalize({column}, NFC), %s, %s)"
PLAIN_PARAMETERS = (f"{START}{STOP}{string.punctuation}", f"  {_HIDDEN}")


def revealed(text: str) -> str:
    """Punctuation as it was written."""
    return text.translate(_REVEAL)


def pieces(text: str) -> tuple[str, ...]:
    """The words of what somebody types into the search field."""
    return tuple(unicodedata.normalize("NFC", text).translate(_BLANK).split())
