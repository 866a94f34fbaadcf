from __future__ import annotations

import pytest

from triage.mood.languages import LEAST, detect

DESK = ("en", "id", "sv")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hej", "sv"),
        ("halo", "id"),
        ("hi", "en"),
        ("Makasih kak", "id"),
        ("Hallå??", "sv"),
        ("Where is my order?", "en"),
        ("pesanan saya belum sampai", "id"),
        ("var är mitt paket", "sv"),
        ("I can't log in, see https://example.se/konto/inte/jag", "en"),
    ],
)
def test_short_messages_are_told(text: str, code: str) -> None:
    found, probability = detect(text, DESK)
    assert found == code
    assert LEAST <= probability <= 1


@pytest.mark.parametrize("text", ["", " ", "\0", "😀😀", "12345", "?", "x", "ok", "a@b.example"])
def test_too_little_text_is_no_language(text: str) -> None:
    assert detect(text, DESK)[0] is None


@pytest.mark.parametrize(
    "text", ["Wo ist meine Bestellung geblieben?", "こんにちは、注文はどこですか", "Где мой заказ, пожалуйста"]
)
def test_what_the_desk_does_not_serve_is_none_of_its_languages(text: str) -> None:
    found, probability = detect(text, DESK)
    assert found is None
    assert probability < LEAST


def test_malay_is_indonesian_only_where_malay_is_not_served() -> None:
    malay = "Saya nak tukar tarikh tempahan kerana polis tutup jalan, awak boleh bantu?"
    indonesian = "Saya mau ganti tanggal pesanan karena jalannya ditutup, bisa dibantu gak kak?"
    assert detect(malay, ("id", "ms"))[0] == "ms"
    assert detect(indonesian, ("id", "ms"))[0] == "id"


def test_the_desk_calls_languages_as_it_likes() -> None:
    assert detect("Hvor er pakken min, jeg venter ennå på den", ("nb", "en-GB"))[0] == "nb"
    assert detect("Where is my order?", ("nb", "en-GB"))[0] == "en-GB"


def test_unknown_codes_and_no_codes_are_never_answered() -> None:
    assert detect("Where is my order?", ("xx-nowhere", "")) == (None, 0.0)
    assert detect("Where is my order?", ()) == (None, 0.0)


def test_ten_megabytes_are_read_as_fast_as_a_page() -> None:
    assert detect("var är mitt paket " * 600_000, DESK)[0] == "sv"
    assert detect("\ud800 kan jag inte få svar", DESK)[0] == "sv"
