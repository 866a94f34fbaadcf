"""What people may write."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.errors import TextRefused
from conversations.text import MAX_BODY, MAX_SNIPPET, clean_body, is_thanks, snippet
from people.names import one_line


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "text_empty"),
        (" \n\t ", "text_empty"),
        ("\u200b\u200f\u2066\ufeff", "text_empty"),
        ("a\x00b", "control_characters"),
        ("a\x1bb", "control_characters"),
        ("a\ud800b", "invalid_unicode"),
        ("x" * (MAX_BODY + 1), "text_too_long"),
        ("e" + "\u0301" * 51, "too_many_combining_marks"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_refused(body: str, code: str) -> None:
    with pytest.raises(TextRefused) as refused:
        clean_body(body)
    assert refused.value.code == code


def test_the_message_says_how_much_and_how_much_may_be() -> None:
    with pytest.raises(TextRefused, match="10,001 characters; the limit is 10,000"):
        clean_body("x" * 10_001)


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        ("  Hi \r\nthere\r ", "Hi \nthere"),
        ("x" * MAX_BODY, "x" * MAX_BODY),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 50),
        ("مرحبا", "مرحبا"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_kept(body: str, clean: str) -> None:
    assert clean_body(body) == clean


def test_files_need_no_words() -> None:
    assert clean_body("", may_be_empty=True) == ""


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("gpj.\u202eexe", "gpj.exe"),
        ("a\nb\tc", "a b c"),
        ("A\u030a", "Å"),
        ("x" * 300, "x" * 200),
        ("<b>Bea</b>", "<b>Bea</b>"),
    ],
)
def test_names_are_one_honest_line(name: str, clean: str) -> None:
    assert one_line(name) == clean


@given(st.text(max_size=500))
def test_a_snippet_fits_a_row(body: str) -> None:
    assert len(snippet(body)) <= MAX_SNIPPET
    assert "\n" not in snippet(body)


@pytest.mark.parametrize(
    "body",
    ["thanks", "Thank you!!", "thankyou", "ok thanks", "Tack så mycket", "makasih ya", "thx :)", "Great, thank you"],
)
def test_thanks(body: str) -> None:
    assert is_thanks(body)


@pytest.mark.parametrize(
    "body",
    [
        "ok",
        "no thanks to you it is still broken",
        "thanks?",
        "Thanks. When will it arrive?",
        "thank you for nothing",
        "tack, men var är den",
        "x" * 200,
    ],
)
def test_more_than_thanks(body: str) -> None:
    assert not is_thanks(body)


@pytest.mark.parametrize("word", ["thankyou", "thank you ", "thanksalot", "ty", "ok", "haveaniceday", "_ta_"])
def test_thanks_without_end_take_no_time(word: str) -> None:
    started = process_time()
    assert not is_thanks((word * 120)[:118] + "zz")
    assert process_time() - started < 0.005
