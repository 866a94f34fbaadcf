"""What is typed into the search field: words, "phrases", -words and references; nothing else has a meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from conversations.errors import BadRequest
from conversations.search.words import pieces
from conversations.text import too_long

MAX_QUERY = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_REFERENCE = re.compile(r"#(\d{1,18})")
_BEGUN = 2  # characters of a last word from which on it is taken for the start of a longer one


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side. `begun`: the last of them may go on."""

    words: tuple[str, ...]
    wanted: bool = True
    exact: bool = False
    begun: bool = False

    def sql(self) -> tuple[str, list[str]]:
        """A tsquery. The words hold no punctuation, so quotes around one cannot be left."""
        if not self.begun:
            return "phraseto_tsquery('parley', %s)", [" ".join(self.words)]
        *first, last = self.words
        return "(phraseto_tsquery('parley', %s) <-> to_tsquery('parley', %s))", [" ".join(first), f"'{last}':*"]


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    terms: tuple[Term, ...]
    references: tuple[int, ...]

    @property
    def wanted(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.wanted)

    @property
    def words(self) -> tuple[str, ...]:
        """What is looked for, without its structure."""
        return tuple(word for term in self.wanted for word in term.words)

    def corrected(self, by: Mapping[str, str]) -> Query:
        """With misspelt words replaced; a replaced word is a whole one."""
        terms = [
            replace(
                term,
                words=tuple(by.get(word, word) for word in term.words),
                begun=term.begun and term.words[-1] not in by,
            )
            if term.wanted and not term.exact
            else term
            for term in self.terms
        ]
        return replace(self, terms=tuple(terms))

    def sql(self) -> tuple[str, list[str]]:
        """All wanted terms and none of the others, as a tsquery. What is only unwanted finds nothing."""
        if not self.wanted:
            return "''::tsquery", []
        built = [(("" if term.wanted else "!! ") + sql, given) for term in self.terms for sql, given in [term.sql()]]
        return " && ".join(sql for sql, _ in built), [value for _, given in built for value in given]


def parse(text: str) -> Query:
    """Raises BadRequest: too long, or characters that cannot be typed."""
    if len(text) > MAX_QUERY:
        raise BadRequest("query_too_long", too_long(len(text), MAX_QUERY), field="q")
    if _CONTROL.search(text):
        raise BadRequest("control_characters", _("The query holds control characters; remove them."), field="q")
    found = [_term(*match.groups()) for match in _TERM.finditer(text)]
    terms = [term for term in found if term.words]
    if terms and _goes_on(terms[-1]):
        terms[-1] = replace(terms[-1], begun=True)
    return Query(text.strip(), tuple(terms), _references(text))


def _term(minus: str, phrase: str | None, word: str | None) -> Term:
    return Term(pieces(word or phrase or ""), wanted=not minus, exact=word is None)


def _goes_on(term: Term) -> bool:
    return term.wanted and not term.exact and len(term.words[-1]) >= _BEGUN


def _references(text: str) -> tuple[int, ...]:
    if text.strip().isascii() and text.strip().isdigit() and len(text.strip()) <= 18:
        return (int(text),)
    return tuple(dict.fromkeys(int(digits) for digits in _REFERENCE.findall(text)))[:5]
