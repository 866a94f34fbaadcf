"""Whatever the desk says, it says in each of its languages. After a change of words: bin/words (docs/languages.md)."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from tests.languages.reading import LANGUAGES, Entry, as_compiled, catalogue, compiled, wanted

FORMS = {"id": 1, "sv": 2}
_PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
_STRAIGHT_QUOTES = re.compile(r"\"|(?<=\w)'(?=\w)")


def test_every_language_has_a_catalogue() -> None:
    assert {code for code, _ in settings.LANGUAGES} == {"en", *LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_exactly_what_the_sources_say(language: str) -> None:
    held = {entry.key for entry in catalogue(language)}
    asked = wanted()
    assert len(asked) > 400
    assert asked - held == set(), "new words: run bin/words and translate them"
    assert held - asked == set(), "words nothing says any more: run bin/words"


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated(language: str) -> None:
    entries = catalogue(language)
    assert [entry.key for entry in entries if entry.fuzzy] == [], "guessed by msgmerge: look at them"
    assert [entry.key for entry in entries if not all(entry.texts)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_the_forms_of_the_language(language: str) -> None:
    plural = [entry for entry in catalogue(language) if entry.key[2]]
    assert plural
    assert {len(entry.texts) for entry in plural} == {FORMS[language]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_survive_translation(language: str) -> None:
    assert [entry.key for entry in catalogue(language) if not _agrees(entry)] == []


def _agrees(entry: Entry) -> bool:
    _, one, many = entry.key
    sources = [places(one), places(many or one)]
    return all(places(text) in sources for text in entry.texts)


def places(text: str) -> set[str]:
    return set(_PLACES.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_are_set_like_their_source(language: str) -> None:
    """Same blanks around, same kind of end, proper quotes."""
    odd = [entry.key for entry in catalogue(language) for text in entry.texts if not _is_set_alike(entry, text)]
    assert odd == []


def _is_set_alike(entry: Entry, text: str) -> bool:
    ends = ("…", "?", ".", ":")
    alike = all(entry.key[1].endswith(end) == text.endswith(end) for end in ends)
    return alike and text == text.strip() and not _STRAIGHT_QUOTES.search(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_not_stale(language: str) -> None:
    assert compiled(language) == as_compiled(catalogue(language)), "run bin/words"
