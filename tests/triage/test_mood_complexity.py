from __future__ import annotations

import pytest

from triage.mood.complexity import TIERS, History, tier
from triage.mood.readings import read, read_many
from triage.mood.sentiment import Mood
from triage.mood.urgency import Urgency, urge

CALM, NOTHING = Mood(0, 1.0, 0.0), Urgency(0.0)
TECHNICAL = "Our SAML login fails with error 401 after the migration, the webhook payload lacks the token in the header"
LEGAL = "My lawyer says this is a breach of contract and a GDPR matter"


def test_a_plain_question_is_for_the_front_line() -> None:
    found = tier("Where is my parcel?", CALM, NOTHING)
    assert found.tier == 1
    assert found.probability > 0.6


def test_technical_and_legal_matters_go_higher() -> None:
    assert tier(TECHNICAL, CALM, NOTHING).tier >= 2
    assert tier(LEGAL, Mood(-1, 0.9, 0.5), urge(LEGAL, "en"), topic_tier=2).tier >= 2
    everything = History(reopened=2, handovers=2, contacts=2)
    assert tier(TECHNICAL, CALM, NOTHING, history=everything).tier == 3


@pytest.mark.parametrize(
    ("harder", "easier"),
    [
        ("Can you help? When? And who pays?", "Can you help?"),
        ("My invoice is wrong and also the address, besides that the app is slow", "My invoice is wrong"),
        ("it says ValueError at line 3", "it says so at line 3"),
        ("word " * 160, "word " * 20),
        ("var är loggen och felkoden från API:et", "var är paketet och lådan från er"),
    ],
)
def test_more_to_do_is_harder(harder: str, easier: str) -> None:
    def weight(text: str) -> float:
        return sum(add for _, add in tier(text, CALM, NOTHING, language="sv").reasons)

    assert weight(harder) > weight(easier)


def test_circumstances_are_reasons() -> None:
    found = tier(
        "again",
        Mood(-2, 0.9, 0.9),
        urge("hacked", "en"),
        history=History(1, 1, 1),
        topics=[("bug", 0.4), ("refund", 0.35)],
        topic_tier=3,
    )
    expected = {"security matter", "anger", "reopened", "handed over", "contacts before", "also refund", "topic"}
    assert {what for what, _ in found.reasons} == expected
    assert found.tier == 3


@pytest.mark.parametrize("text", ["", "\0", "😀" * 9, "?" * 10_000, "{" * 10_000, "a " * 5_000_000, "\ud800"])
def test_odd_messages_leave_an_impression(text: str) -> None:
    seen = read(text)
    assert seen.complexity.tier in TIERS
    assert 0 < seen.complexity.probability <= 1


def test_many_impressions_are_those_of_each() -> None:
    texts = ["Where is my order?", "Kontot är hackat!!!", "", "makasih ya kak"]
    assert read_many(texts, reasons=5) == [read(text) for text in texts]
    assert [seen.language for seen in read_many(texts, served=("en", "id", "sv"))] == ["en", "sv", None, "id"]
