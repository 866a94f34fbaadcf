from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from triage.mood import weights as storing
from triage.mood.lexicon import AT, NAMES, look
from triage.mood.sentiment import LEVELS, feel, feel_many
from triage.mood.teaching import ENOUGH, Lesson, teach
from triage.mood.weights import MoodUnusable

ODD = [
    "",
    " ",
    "\0",
    "\ud800",
    "😀" * 50,
    "a" * 100_000,
    "!" * 5000,
    "x " * 200_000,
    "\u202e\u0000\uffff",
    "'''",
    "???!!!",
]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I am still waiting for my refund, this is the third time I write.", "en"),
        ("The app doesn't work any more", "en"),
        ("Saya kecewa, barangnya rusak", "id"),
        ("Jag väntar fortfarande på min återbetalning, det är tredje gången jag skriver", "sv"),
        ("👎👎", "en"),
        (":(", "de"),
    ],
)
def test_complaints_are_negative_however_polite(text: str, language: str) -> None:
    assert feel(text, language).sentiment < 0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you so much, you are wonderful!", "en"),
        ("not bad at all, thanks", "en"),
        ("Terima kasih banyak, pelayanannya luar biasa", "id"),
        ("Tack så jättemycket, ni är fantastiska!", "sv"),
        ("❤️❤️", "sv"),
    ],
)
def test_praise_is_positive(text: str, language: str) -> None:
    assert feel(text, language).sentiment > 0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How do I change my address?", "en"),
        ("ukuran M warna hitam masih ada?", "id"),
        ("Har ni den i storlek M?", "sv"),
        ("", None),
    ],
)
def test_plain_questions_are_neutral(text: str, language: str | None) -> None:
    assert feel(text, language).sentiment == 0


@pytest.mark.parametrize(
    ("calm", "angry", "language"),
    [
        ("my parcel is late", "MY PARCEL IS LATE AGAIN!!! You thieves, answer me", "en"),
        ("paket saya belum sampai", "PAKET SAYA MANA!!! penipu kalian, goblok", "id"),
        ("mitt paket är sent", "VAR ÄR MITT PAKET!!! sämsta jävla företaget, tjuvar", "sv"),
    ],
)
def test_anger_is_a_signal_of_its_own(calm: str, angry: str, language: str) -> None:
    assert feel(angry, language).anger > 0.5 > feel(calm, language).anger
    assert feel(angry, language).sentiment == -2


def test_sad_is_not_angry() -> None:
    sad = feel("I am devastated, all the photos of my daughter are gone", "en")
    assert sad.sentiment < 0
    assert sad.anger < 0.5


def test_reasons_are_words_of_the_message_and_the_strongest_come_first() -> None:
    mood = feel("The terrible box was broken and wet, thanks", "en")
    words = {word for word, _ in mood.reasons}
    assert {"terrible", "broken"} <= words
    pulls = [abs(pull) for _, pull in mood.reasons]
    assert pulls == sorted(pulls, reverse=True)
    assert dict(mood.reasons)["terrible"] > 0


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("language", ["en", "id", "sv", "ms", "xx", "", None])
def test_odd_input_has_a_mood(text: str, language: str | None) -> None:
    mood = feel(text, language)
    assert mood.sentiment in LEVELS
    assert sum(mood.levels) == pytest.approx(1)
    assert 0 <= mood.anger <= 1
    assert mood.probability == max(mood.levels)


def test_many_are_read_as_one() -> None:
    texts, languages = ["good", "dålig", "aneh 😡"], ["en", "sv", None]
    assert feel_many(texts, languages) == [feel(t, c) for t, c in zip(texts, languages, strict=True)]


def test_negation_turns_and_boosters_raise() -> None:
    def number(text: str, name: str) -> float:
        return look(text, "en").vector[AT[name]]

    assert number("it is not good", "negated_good") > 0
    assert number("it is not good", "good") == 0
    assert number("it is very good", "boosted") > 0
    assert number("sooooo goooood", "stretched") > 0
    assert number("WHY AM I WAITING HERE", "capitals") == pytest.approx(3 / 5)
    assert len(look("", "").vector) == len(NAMES)


def lessons() -> list[Lesson]:
    made = []
    for at in range(ENOUGH):
        side = at % 3 - 1
        word = {-1: "grumf", 0: "plonk", 1: "yippo"}[side]
        made.append(Lesson(f"{word} thing {at % 7}", "en", side, side < 0, at % 2 == 0, test=at % 5 == 0))
    return made


def test_weights_are_learnt_and_stored_and_read_again(tmp_path: Path) -> None:
    learnt = teach(lessons())
    storing.save(learnt, tmp_path / "mood.skops", card={"made": "here"})
    read = storing.load(tmp_path / "mood.skops")
    for text in ("grumf", "plonk", "yippo", "unheard of"):
        assert feel(text, "en", weights=read).levels == pytest.approx(feel(text, "en", weights=learnt).levels, abs=0.01)
    assert feel("grumf", "en", weights=read).sentiment < 0 < feel("yippo", "en", weights=read).sentiment
    assert feel("grumf", "en", weights=read).anger > 0.5
    assert np.isfinite(read.head("en").words).all()


def test_damaged_weights_are_refused_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "mood.skops"
    with pytest.raises(MoodUnusable, match="cannot be read"):
        storing.load(path)
    storing.save(teach(lessons()), path, card={})
    path.write_bytes(path.read_bytes()[:-9] + b"tampered!")
    with pytest.raises(MoodUnusable, match="checksum"):
        storing.load(path)
    path.with_name("mood.skops.json").write_text("{}")
    with pytest.raises(MoodUnusable, match="card"):
        storing.load(path)
