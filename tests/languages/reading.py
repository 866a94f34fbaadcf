"""What the sources ask for and what the catalogues hold, read without GNU gettext: a checkout need not have it."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

from helpdesk.state import CHECKOUT

PACKAGES = ("conversations", "helpdesk", "people", "triage")
LANGUAGES = ("id", "sv")
Key = tuple[str, str, str]  # context, text, text for many

# Which arguments of each of gettext's functions are its texts: context, text, text for many.
_SHAPES: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
_CALL = re.compile(r"""\b(?:_|n?p?gettext)\((?:\s*,?\s*u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))+""")


@dataclass(frozen=True)
class Entry:
    """One message of a catalogue; a plural one has as many texts as the language has forms."""

    key: Key
    texts: tuple[str, ...]
    fuzzy: bool


def wanted() -> set[Key]:
    """Every message that the sources mark."""
    return set(_in_sources()) | set(_in_templates())


def _in_sources() -> Iterator[Key]:
    for package in PACKAGES:
        for path in (CHECKOUT / package).rglob("*.py"):
            yield from _calls(path.read_text(), path)


def _in_templates() -> Iterator[Key]:
    for root in ("templates", *PACKAGES):
        for path in (CHECKOUT / root).rglob("*.html"):
            for found in _CALL.findall(templatize(path.read_text())):
                yield from _calls(f"{found})", path)


def _calls(source: str, path: Path) -> Iterator[Key]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            shape = _SHAPES.get(node.func.id.removesuffix("_lazy"))
            if shape is not None:
                yield _key(node, shape, path)


def _key(call: ast.Call, shape: tuple[int | None, int, int | None], path: Path) -> Key:
    texts = ["" if place is None else ast.literal_eval(call.args[place]) for place in shape]
    assert all(isinstance(text, str) for text in texts), f"{path}: line {call.lineno} marks what is not a string"
    return texts[0], texts[1], texts[2]


def catalogue(language: str) -> list[Entry]:
    """The messages of a .po file, without its header."""
    blocks = _file(language, "po").read_text().split("\n\n")
    entries = [_entry(block.splitlines()) for block in blocks if block.strip()]
    return [entry for entry in entries if entry.key[1]]


def _entry(lines: list[str]) -> Entry:
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        if line.startswith("#"):
            assert not line.startswith("#~"), "a message that nothing asks for: run bin/words"
            continue
        found, _, text = ("", "", line) if line.startswith('"') else line.partition(" ")
        name = found or name
        fields[name] = fields.get(name, "") + ast.literal_eval(text)
    key = fields.get("msgctxt", ""), fields["msgid"], fields.get("msgid_plural", "")
    texts = tuple(text for name, text in fields.items() if name.startswith("msgstr"))
    return Entry(key, texts, fuzzy=any(line.startswith("#,") and "fuzzy" in line for line in lines))


def compiled(language: str) -> dict[str | tuple[str, int], str]:
    """A .mo file as Django will see it, without its header."""
    with _file(language, "mo").open("rb") as file:
        found = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    found.pop("", None)
    return found


def as_compiled(entries: list[Entry]) -> dict[str | tuple[str, int], str]:
    """What a .mo file made of these would hold."""
    made: dict[str | tuple[str, int], str] = {}
    for entry in entries:
        context, text, many = entry.key
        name = f"{context}\x04{text}" if context else text
        if many:
            made |= {(name, form): each for form, each in enumerate(entry.texts)}
        else:
            made[name] = entry.texts[0]
    return made


def _file(language: str, suffix: str) -> Path:
    return CHECKOUT / "locale" / language / "LC_MESSAGES" / f"django.{suffix}"
