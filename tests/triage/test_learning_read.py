from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import logit

from tests.triage.learning_data import desk
from triage.learning import Classifier, fit
from triage.learning.examples import LONGEST, Examples

ODD = {
    "empty": "",
    "blank": " \n\t ",
    "NUL": "\0\0\0",
    "emoji": "🙂👍🏽🇸🇪❤️",
    "marks": "?!... --- ***",
    "half a surrogate pair": "\ud800",
    "control signs": "\x01\x02\u200b\ufeff",
}
LANGUAGES = (
    "Где моя посылка",
    "我的包裹在哪里", "私の荷物はどこですか", "내 소포는 어디에 있나요", "أين طردي", "איפה החבילה שלי",
    "मेरा पार्सल कहाँ है", "พัสดุของฉันอยู่ที่ไหน", "Πού είναι το δέμα μου", "Où est mon colis", "Wo ist mein Paket",
    "Var är mitt paket", "Di mana paket saya", "Gdzie jest moja paczka", "Kde je můj balík", "Hol van a csomagom",
    "Unde este coletul meu", "Къде е пратката ми", "Де моя посилка", "Kargom nerede", "Gói hàng của tôi đâu",  # noqa: RUF001
    "আমার পার্সেল কোথায়", "என் பார்சல் எங்கே", "నా పార్సెల్ ఎక్కడ", "എന്റെ പാഴ്സൽ എവിടെ", "ಪಾರ್ಸೆಲ್ ಎಲ್ಲಿದೆ",
    "მარცვალი სად არის", "որտեղ է իմ ծանրոցը", "Missä pakettini on", "Hvor er pakken min", "Hvar er pakkinn minn",
    "Kus on minu pakk", "Kur ir mana paka", "Kur mano siuntinys", "Waar is mijn pakket", "Dov'è il mio pacco",
    "¿Dónde está mi paquete", "Onde está minha encomenda", "بسته من کجاست", "میرا پارسل کہاں ہے",
)  # fmt: skip


@pytest.fixture(scope="module")
def learnt() -> Classifier:
    return fit(*desk())


@pytest.mark.parametrize("name", ODD)
def test_what_has_no_word_gets_no_label(learnt: Classifier, name: str) -> None:
    for reading in (learnt.read(ODD[name]), *learnt.read_many([ODD[name]], reasons=3)):
        assert (reading.label, reading.probability, reading.reasons, reading.drift) == (None, 0.0, (), 1.0)


def test_a_text_without_end_is_cut(learnt: Classifier) -> None:
    endless = "where is my parcel " * 600_000
    assert learnt.read(endless) == learnt.read(endless[:LONGEST])


def test_one_word_without_end_is_no_trouble(learnt: Classifier) -> None:
    assert learnt.read("x" * 10_000_000).probability < 0.6


@pytest.mark.parametrize("text", LANGUAGES)
def test_a_language_it_never_saw_is_unfamiliar(learnt: Classifier, text: str) -> None:
    reading = learnt.read(text)
    assert reading.drift > 0.4
    assert reading.probability < learnt.read("where is my package 123").probability


def test_one_reads_as_among_many(learnt: Classifier) -> None:
    texts = [*desk(5, seed=7)[0], *ODD.values(), *LANGUAGES]
    for one, among in zip(map(learnt.read, texts), learnt.read_many(texts, reasons=5), strict=True):
        assert (one.label, one.top and one.top[0][0]) == (among.label, among.top and among.top[0][0])
        assert one.probability == pytest.approx(among.probability, abs=1e-5)
        assert one.known == pytest.approx(among.known, abs=1e-5)
        assert [r.weight for r in one.reasons] == pytest.approx([r.weight for r in among.reasons], abs=1e-4)


def test_a_batch_larger_than_one_part_keeps_its_order(learnt: Classifier) -> None:
    texts = desk(160, seed=9)[0]
    found = learnt.read_many(texts)
    assert len(found) == len(texts) > 512
    assert found[-1].label == learnt.read(texts[-1]).label
    assert learnt.read_many([]) == []


def test_probability_counts_that_it_is_a_topic_at_all(learnt: Classifier) -> None:
    reading = learnt.read("please refund my order 123")
    assert reading.label == "refund"
    assert reading.top[0] == ("refund", reading.probability)
    assert reading.probability <= reading.known <= 1
    assert len(reading.top) == 3
    assert sum(chance for _, chance in reading.top) <= reading.known + 1e-6


def test_reasons_are_the_words_that_count(learnt: Classifier) -> None:
    reasons = learnt.read("hello, my PASSWORD is not accepted, regards").reasons
    assert reasons[0].text == "password"
    assert reasons[0].weight > 0
    assert [abs(reason.weight) for reason in reasons] == sorted((abs(r.weight) for r in reasons), reverse=True)
    assert len(learnt.read("hello, my password is not accepted", reasons=2).reasons) == 2
    assert learnt.read("hello, my password is not accepted", reasons=0).reasons == ()


def test_reasons_add_up_to_the_difference_they_made(learnt: Classifier) -> None:
    """All words and phrases together, and what is said without any word, are the log-odds of two labels."""
    two = fit(*(each[:48] for each in desk()))
    text = "please refund my parcel"
    reading = two.read(text, reasons=100)
    chances = two.machine.answer(Examples.of([text], "light"), *two.machine.terms.mark_many([text])).chances[0]
    at = two.labels.index(str(reading.label))
    bias = sum(
        weight * (head.bias[at] - head.bias[1 - at])
        for weight, head in zip(two.machine.mixture, two.machine.heads, strict=True)
    )
    assert sum(reason.weight for reason in reading.reasons) + bias == pytest.approx(logit(chances[at]), abs=0.05)


def test_drift_is_the_share_of_what_was_never_seen(learnt: Classifier) -> None:
    seen = desk()[0][0]
    assert learnt.read(seen).drift < 0.25
    assert learnt.read("zxqv wkjy").drift > 0.9


def test_vectors_are_of_length_one_and_near_for_like_texts(learnt: Classifier) -> None:
    parcel, package, poem, nothing = learnt.vectors(["lost parcel", "missing package", "a poem about love", ""])
    assert parcel.dtype == np.float32
    assert math.isclose(float(parcel @ parcel), 1, abs_tol=1e-4)
    assert parcel @ package > parcel @ poem
    assert not nothing.any()
