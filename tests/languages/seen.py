"""What people see of a page: its texts, without its markup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

_SHOWN = {"alt", "aria-label", "content", "placeholder", "title"}


class _Page(HTMLParser):
    """Collects texts, attributes that are read aloud or shown, and the words handed to scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = False
        self._is_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._hidden = tag in ("script", "style", "kbd", "code") or given.get("aria-hidden") == "true"
        self._is_data = tag == "script" and given.get("type") == "application/json"
        if tag != "meta" or given.get("name") == "description":
            self.texts += [text for name, text in attrs if name in _SHOWN and text]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = self._is_data = False

    def handle_data(self, data: str) -> None:
        if self._is_data:
            held = json.loads(data)
            self.texts += _leaves(held.get("words", held))
        elif not self._hidden:
            self.texts.append(data)


def _leaves(held: Any) -> Iterator[str]:
    if isinstance(held, dict):
        for each in held.values():
            yield from _leaves(each)
    elif isinstance(held, str):
        yield held


def texts(page: str) -> set[str]:
    """Every text with a word in it."""
    reader = _Page()
    reader.feed(page)
    flat = (" ".join(text.split()) for text in reader.texts)
    return {text for text in flat if any(letter.isalpha() for letter in text)}
