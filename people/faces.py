"""How somebody without a photograph is drawn: initials on one of twelve colours, the same wherever they appear."""

from __future__ import annotations

HUES = 12


def initials(name: str) -> str:
    """The first letters of the first and the last word."""
    words = [word for word in name.split() if word[0].isalnum()] or ["?"]
    return "".join(word[0] for word in {0: words[0], len(words) - 1: words[-1]}.values()).upper()


def hue(key: object) -> int:
    """A colour for an id; `static/inbox/draw.js` does the same sum."""
    return sum(str(key).encode()) % HUES


def face(name: str, key: object) -> dict[str, str | int]:
    return {"initials": initials(name), "hue": hue(key)}
