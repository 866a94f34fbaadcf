"""What is typed, before it reaches the database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.errors import BadRequest
from conversations.search.query import MAX_QUERY, Term, parse
from conversations.search.snippets import segments
from conversations.search.spelling import distance
from conversations.search.words import START, STOP


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("  ", ()),
        ("% _ \\ ' -", ()),
        ("refund", (Term(("refund",), begun=True),)),
        ("late refund", (Term(("late",)), Term(("refund",), begun=True))),
        ('"late refund"', (Term(("late", "refund"), exact=True),)),
        ('"late refund', (Term(("late", "refund"), exact=True),)),
        ('lamp "late refund"', (Term(("lamp",)), Term(("late", "refund"), exact=True))),
        ("lamp -broken", (Term(("lamp",)), Term(("broken",), wanted=False))),
        ('lamp -"very broken"', (Term(("lamp",)), Term(("very", "broken"), wanted=False, exact=True))),
        ("A-1029", (Term(("A", "1029"), begun=True),)),
        ("bea@shop.example", (Term(("bea", "shop", "example"), begun=True),)),
        ("(a+)+$", (Term(("a",)),)),
        ("x", (Term(("x",)),)),
        ("' | ! & <-> :*", ()),
        ("a\u030aterbetalning", (Term(("återbetalning",), begun=True),)),
    ],
)
def test_terms(text: str, terms: tuple[Term, ...]) -> None:
    assert parse(text).terms == terms


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("4821", (4821,)),
        ("#4821", (4821,)),
        ("see #4821 and #17", (4821, 17)),
        ("order 4821", ()),
        ("1" * 18, (int("1" * 18),)),
        ("1" * 19, ()),
        ("#" + "1" * 40, (int("1" * 18),)),
        ("\u0664\u0668", ()),
        ("-5", ()),
        ("1e3", ()),
    ],
)
def test_references(text: str, references: tuple[int, ...]) -> None:
    assert parse(text).references == references


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("a" * 10_000, "query_too_long", "10,000 characters; the limit is 200."),
        ("a" * (MAX_QUERY + 1), "query_too_long", "201 characters; the limit is 200."),
        ("a\0b", "control_characters", "The query holds control characters; remove them."),
    ],
)
def test_refused(text: str, code: str, message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse(text)
    refusal = caught.value
    assert (refusal.code, refusal.message, refusal.field, refusal.status) == (code, message, "q", 400)


@given(st.text(max_size=MAX_QUERY))
def test_whatever_is_typed_becomes_terms_or_a_refusal(text: str) -> None:
    try:
        query = parse(text)
    except BadRequest:
        return
    assert all(not set(word) & set("'\\%_&|!()<>:*\"") for term in query.terms for word in term.words)


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("refund", "refund", 0),
        ("refnud", "refund", 1),
        ("refud", "refund", 1),
        ("reffund", "refund", 1),
        ("rafund", "refund", 1),
        ("help", "hlep", 1),
        ("lamp", "", 4),
        ("", "", 0),
        ("kitten", "sitting", 3),
    ],
)
def test_distance(one: str, other: str, edits: int) -> None:
    assert distance(one, other) == distance(other, one) == edits


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_a_detour_is_never_shorter_than_a_letter_each(one: str, other: str, third: str) -> None:
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one + third, other + third) <= distance(one, other)


@pytest.mark.parametrize(
    ("marked", "cut"),
    [
        ("", []),
        ("plain", [("plain", False)]),
        (f"{START}hit{STOP}", [("hit", True)]),
        (
            f"a {START}hit{STOP} and\n {START}more{STOP}.",
            [("a ", False), ("hit", True), (" and ", False), ("more", True), (".", False)],
        ),
        (f"{START}one{STOP}{START}two{STOP}", [("one", True), ("two", True)]),
        ("<mark>no</mark>", [("<mark>no</mark>", False)]),
        (f"never closed {START}x", [("never closed ", False), ("x", False)]),
        (f"only closed {STOP}", [("only closed " + STOP, False)]),
    ],
)
def test_segments(marked: str, cut: list[tuple[str, bool]]) -> None:
    assert [(each["text"], each["hit"]) for each in segments(marked)] == cut
