"""Searching: what is found, by whom, and in which pieces."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conversations.models import Conversation
from conversations.search import search
from people.models import Address, Company
from tests.conversations.desk import NOON, conversation, customer, replies, says
from tests.conversations.searching import about, boss, found, index_all, snippet
from tests.conversations.uploads import error_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ("Where is my refund?", "refund"),
        ("Where is my refund?", "REFUND where"),
        ("Where is my refund?", "ref"),
        ("Where is my refund?", '"my refund"'),
        ("Where is my refund?", "refund -lamp"),
        ("done.Thanks", "thanks"),
        ("refund/exchange please", "refund exchange"),
        ("my order A-1029 is late", "1029"),
        ("my order A-1029 is late", "A-1029"),
        ("write to bea@shop.example", "bea@shop.example"),
        ("write to bea@shop.example", "shop"),
        ("see https://shop.example/returns?x=1", "returns"),
        ("it cost 1,299.50 kr", "1,299.50"),
        ("don't do that", "don't"),
        ("snake_case_name", "case"),
        ("Min återbetalning saknas", "återbetalning"),
        ("Min återbetalning saknas", "aterbetalning"),
        ("Min aterbetalning saknas", "Återbetal"),
        ("Pengembalian dana belum masuk", "pengembalian dana"),
        ("Saya sudah mengembalikannya", "mengembalikan"),
        ("Jalan Cendrawasih no. 5", "cendrawasih"),
        ("пример текста", "Пример"),
        ("日本語テキスト です", "日本語テキスト"),
        ("a\u030ar", "år"),
        ("100% sure", "100%"),
    ],
)
def test_found(body: str, query: str) -> None:
    where = about(body)
    assert found(query) == [where]


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ("Where is my refund?", "refund lamp"),
        ("Where is my refund?", '"refund my"'),
        ("Where is my refund?", "refund -where"),
        ("Where is my refund?", '-"my refund" where'),
        ("Where is my refund?", "-lamp"),
        ("Where is my refund?", "fund"),
        ("Where is my refund?", "re%nd"),
        ("Where is my refund?", "_fund"),
        ("Where is my refund?", "%"),
        ("Where is my refund?", "refun d:*"),
        ("Where is my refund?", "r.*d"),
        ("the refundable", '"refund"'),
        ("", "refund"),
    ],
)
def test_not_found(body: str, query: str) -> None:
    about(body or "other words altogether")
    assert found(query) == []


@pytest.mark.parametrize(
    "query",
    [
        "(a+)+$",
        "%",
        "_",
        "\\",
        "%%%%",
        "'",
        "''",
        "\\'",
        "';--",
        "a:*",
        "!",
        "& | !",
        "<->",
        '"',
        '""',
        '-""',
        "- -",
        "''':*",
        "🙂",
        "a" * 200,
        "\u202e\u200b",
        "%s",
        "%(query)s",
        "{visible}",
    ],
)
def test_odd_queries_are_taken_literally_and_at_once(query: str) -> None:
    about("nothing of this kind")
    began = time.perf_counter()
    assert found(query) == []
    assert time.perf_counter() - began < 0.3


def test_too_long_a_query_is_refused_with_the_limit() -> None:
    answer = signed_in(boss()).get("/inbox/search", {"q": "a" * 10_000})
    assert error_of(answer) == (400, "query_too_long", "10,000 characters; the limit is 200.")


def test_hits_are_segments_and_never_html() -> None:
    about("<script>alert('refund')</script> Where is my refund & where are you?")
    assert snippet("refund") == "<script>alert('[refund]')</script> Where is my [refund] & where are you?"
    assert snippet("ref").count("[refund]") == 2


def test_long_messages_are_cut_around_their_hits() -> None:
    about("word " * 900 + "the needle in it " + "word " * 900)
    shown = snippet("needle")
    assert "[needle]" in shown
    assert len(shown) < 400


def test_marks_in_a_text_cannot_pretend_to_be_hits() -> None:
    about("a \ue000false\ue001 refund \ue152")
    assert snippet("refund").count("[") == 1


def test_accents_are_shown_as_written() -> None:
    about("Min återbetalning (A-1029) saknas.")
    assert snippet("aterbetalning") == "Min [återbetalning] (A-1029) saknas."
    assert snippet("a-1029") == "Min återbetalning ([A]-[1029]) saknas."


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("refnud", "refund"),
        ("refudn", "refund"),
        ("reefund", "refund"),
        ("delivary", "delivery"),
        ("terbetalning", "aterbetalning"),
        ("pengembalin", "pengembalian"),
        ("hlep", "help"),
    ],
)
def test_a_misspelt_word_finds_what_was_meant(typed: str, meant: str) -> None:
    where = about("refund delivery återbetalning pengembalian help")
    answer = search(boss(), f"{typed} ")
    assert answer.corrected == {typed: meant}
    assert [result.conversation for result in answer.results] == [where]


def test_what_is_known_quoted_unwanted_or_short_is_not_corrected() -> None:
    about("refund refunds lamp 4821")
    for query in ("refund", "refu", '"refnud"', "lamp -refnud", "lmp", "4812", "refund xylophones"):
        assert search(boss(), query).corrected == {}


def test_the_more_usual_word_is_preferred() -> None:
    for _ in range(3):
        about("cable")
    about("table")
    assert search(boss(), "aable").corrected == {"aable": "cable"}


def test_newest_first_by_the_message_that_matches() -> None:
    old, new, talkative = about("refund", hours=1), about("refund", hours=3), about("refund", hours=2)
    says(talkative, "something else", now=NOON + timedelta(hours=9))
    index_all()
    assert found("refund") == [new, talkative, old]


def test_a_conversation_comes_once_with_its_newest_match() -> None:
    where = about("refund one")
    says(where, "refund two", now=NOON + timedelta(hours=1))
    index_all()
    (result,) = search(boss(), "refund").results
    assert (result.conversation, result.part_number, result.kind) == (where, 2, "message")


def test_notes_are_found_by_agents_and_say_what_they_are() -> None:
    where = about("hello")
    replies(where, boss(), "suspicious fellow", kind="note", now=NOON + timedelta(hours=1))
    index_all()
    (result,) = search(boss(), "suspicious").results
    assert (result.kind, result.part_number) == ("note", 2)


def test_by_reference() -> None:
    one, other = about("a"), about(f"I have order {Conversation.objects.order_by('pk').last()} already")
    for query in (one.reference, str(one.pk), f"see {one.reference}"):
        first, *_ = search(boss(), query).results
        assert (first.conversation, first.kind, first.part_number) == (one, "reference", None)
    assert found(f"#{other.pk + 10_000}") == []
    assert found("9" * 18) == []


def test_what_is_shown_above_does_not_come_again_below() -> None:
    bea = customer("Bea Ortiz")
    where = conversation(bea)
    says(where, f"I am Bea Ortiz, see #{where.pk}")
    index_all()
    for query in ("bea ortiz", f"#{where.pk}", str(where.pk)):
        assert found(query) == [where]


def test_by_name_address_and_company() -> None:
    company = Company.objects.create(name="Northwind Traders", domain="northwind.example")
    bea = customer("Beatriz Ortiz", company=company)
    Address.objects.create(customer=bea, kind="email", value="bea@northwind.example")
    where = conversation(bea)
    says(where, "hello")
    about("nobody else matters")
    for query, named in (
        ("Beatriz Ortiz", True),
        ("ortiz", True),
        ("beatr", False),
        ("Beatris Ortis", False),
        ("bea@northwind.example", True),
        ("bea@north", False),
        ("Northwind Traders", True),
        ("northwnd", False),
    ):
        answer = search(boss(), query)
        (person,) = answer.people
        assert (person.customer, person.address, person.conversations, person.named) == (
            bea,
            "bea@northwind.example",
            1,
            named,
        )
        assert [(each.conversation, each.kind) for each in answer.results] == ([(where, "customer")] if named else [])
    assert list(search(boss(), "be").people) == []
    assert list(search(boss(), "quite different").people) == []


def test_the_view_answers_with_rows() -> None:
    bea = customer("Beatriz Ortiz")
    where = conversation(bea)
    says(where, "Where is my refund?")
    index_all()
    answer = signed_in(boss()).get("/inbox/search", {"q": "refund"})
    body = answer.json()
    assert set(body) == {"results", "people", "corrected", "next"}
    (result,) = body["results"]
    assert (result["row"]["reference"], result["kind"], result["part_number"]) == (where.reference, "message", 1)
    assert result["snippet"] == [
        {"text": "Where is my ", "hit": False},
        {"text": "refund", "hit": True},
        {"text": "?", "hit": False},
    ]
    body = signed_in(boss()).get("/inbox/search", {"q": "beatriz"}).json()
    assert body["people"] == [
        {"id": str(bea.public_id), "name": "Beatriz Ortiz", "address": "", "company": None, "conversations": 1}
    ]


def test_the_view_without_a_question_or_a_session() -> None:
    empty: dict[str, Any] = {"results": [], "people": [], "corrected": {}, "next": None}
    assert signed_in(boss()).get("/inbox/search").json() == empty
    assert error_of(Client().get("/inbox/search", {"q": "x"}))[:2] == (401, "invalid_token")


def test_a_page_costs_the_same_however_much_it_holds(django_assert_max_num_queries: Any) -> None:
    for hours in range(12):
        about("refund", hours=hours)
    who = boss()
    with django_assert_max_num_queries(20):
        assert len(search(who, "refund late").results) == 0
    with django_assert_max_num_queries(20):
        assert len(search(who, "refund").results) == 12
