"""Searching: what is found, by whom, and in which pieces."""

from __future__ import annotations

import random
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conversations import actions
from conversations.errors import BadRequest
from conversations.models import Conversation, Follower, Part
from conversations.search import Found, finding, index, results, search
from people.models import Address, Agent, Company, Role
from tests.conversations.desk import NOON, agent, conversation, customer, replies, says, team
from tests.conversations.uploads import error_of, signed_in

pytestmark = pytest.mark.django_db


def index_all() -> None:
    index(list(Part.objects.values_list("pk", flat=True)))


def about(body: str, *, hours: int = 0, **fields: Any) -> Conversation:
    """A conversation whose customer has written that, and which can be found."""
    where = conversation(customer(f"Person {uuid.uuid4().hex[:6]}"), **fields)
    says(where, body, now=NOON + timedelta(hours=hours))
    index_all()
    return where


def boss() -> Agent:
    return agent("Maria Boss", role=Role.MANAGER)


def found(text: str, who: Agent | None = None) -> list[Conversation]:
    return [result.conversation for result in search(who or boss(), text).results]


def snippet(text: str) -> str:
    """The first result's, with hits in brackets."""
    (first, *_) = search(boss(), text).results
    return "".join(f"[{each['text']}]" if each["hit"] else each["text"] for each in first.snippet)


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


# Scope


def secret_world() -> tuple[Agent, Conversation, Conversation]:
    """An agent, a conversation they see, and one they do not."""
    mine, theirs = team(), team()
    seen = about("my refund is late", team=mine)
    hidden = about("zanzibarcanary refund", team=theirs)
    Conversation.objects.filter(pk=hidden.pk).update(customer=customer("Zelda Canary"))
    return agent(teams=(mine,)), seen, hidden


@pytest.mark.parametrize(("windows", "little"), [((4000,), 3000), ((), 3000), ((), 0)])
def test_everything_is_in_the_viewers_scope(
    windows: tuple[int, ...], little: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_WINDOWS", windows)
    monkeypatch.setattr(finding, "_LITTLE", little)
    who, seen, hidden = secret_world()
    assert found("refund", who) == [seen]
    for query in (
        "zanzibarcanary",
        "zanzibar",
        "zanzibarcanery",
        "zanzibacranary",
        "Zelda Canary",
        hidden.reference,
        str(hidden.pk),
    ):
        answer = search(who, query)
        assert (list(answer.results), list(answer.people), dict(answer.corrected), answer.next) == ([], [], {}, None)
    assert found("zanzibarcanary", boss()) == [hidden]
    assert search(boss(), "zanzibarcanery ").corrected == {"zanzibarcanery": "zanzibarcanary"}


def test_a_word_only_others_know_is_corrected_like_an_unknown_one() -> None:
    who, seen, _ = secret_world()
    theirs = team()
    about("refundo", team=theirs)
    assert found("refundo", who) == [seen]
    assert search(who, "refundo").corrected == {"refundo": "refund"}


def test_counts_never_include_what_is_hidden() -> None:
    who, seen, _ = secret_world()
    shared = seen.customer
    hidden = conversation(shared, team=team())
    says(hidden, "hello")
    (person,) = search(who, shared.name).people
    assert person.conversations == 1
    (person,) = search(boss(), shared.name).people
    assert person.conversations == 2


def test_nothing_hidden_leaves_through_the_view() -> None:
    who, seen, hidden = secret_world()
    client = signed_in(who)
    for query in ("refund", "zanzibar", "zanzibarcanery", "Zelda", hidden.reference, "canary"):
        answer = client.get("/inbox/search", {"q": query})
        assert b"anary" not in answer.content.lower().replace(query.lower().encode(), b"")
    (result,) = client.get("/inbox/search", {"q": "refund"}).json()["results"]
    assert result["row"]["id"] == str(seen.public_id)


def test_permission_is_asked_again_on_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "PAGE", 1)
    mine = team()
    who = agent(teams=(mine,))
    for hours in range(3):
        about("refund", hours=hours, team=mine)
    page = search(who, "refund")
    who.teams.clear()
    assert list(search(who, "refund", page.next).results) == []


def test_followers_see_and_those_who_left_do_not() -> None:
    who, _, hidden = secret_world()
    Follower.objects.create(agent=who, conversation=hidden)
    assert found("zanzibarcanary", who) == [hidden]
    who.is_active = False
    assert search(who, "zanzibarcanary") == Found()


def test_redacted_text_is_found_no_more_nor_suggested() -> None:
    where = about("my password is hunterhunter")
    part = where.parts.get(number=1)
    actions.redact(part, by=boss(), now=NOON)
    index_all()
    assert found("hunterhunter") == []
    assert search(boss(), "huntrehunter").corrected == {}


# Pages

WORDS = ("refund", "lamp", "late", "broken", "order")


def world() -> dict[Conversation, list[tuple[uuid.UUID, set[str]]]]:
    chance = random.Random(7)
    made: dict[Conversation, list[tuple[uuid.UUID, set[str]]]] = {}
    conversations = [conversation(customer(f"Person {n}")) for n in range(18)]
    for hour in range(90):
        where, words = chance.choice(conversations), chance.sample(WORDS, chance.randint(1, 3))
        part = says(where, " ".join(words), now=NOON + timedelta(hours=hour))
        made.setdefault(where, []).append((part.id, set(words)))
    index_all()
    return made


def expected(made: dict[Conversation, list[tuple[uuid.UUID, set[str]]]], words: set[str]) -> list[Conversation]:
    newest = {where: max((key for key, said in parts if words <= said), default=None) for where, parts in made.items()}
    return [
        where for where, _ in sorted(((w, k) for w, k in newest.items() if k), key=lambda each: each[1], reverse=True)
    ]


def pages(who: Agent, text: str) -> list[list[Conversation]]:
    read, cursor = [], None
    while not read or cursor:
        page = search(who, text, cursor)
        read.append([result.conversation for result in page.results])
        cursor = page.next
    return read


def test_pages_neither_repeat_nor_leave_out() -> None:
    made, readers = world(), [boss(), agent()]

    @hypothesis_settings(max_examples=60, deadline=None)
    @given(
        who=st.sampled_from(readers),
        words=st.sets(st.sampled_from(WORDS), min_size=1, max_size=3),
        size=st.integers(1, 7),
        windows=st.sampled_from([(), (3,), (5, 20), (4000,)]),
        little=st.sampled_from([0, 3000]),
    )
    def check(who: Agent, words: set[str], size: int, windows: tuple[int, ...], little: int) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(results, "PAGE", size)
            patch.setattr(finding, "_WINDOWS", windows)
            patch.setattr(finding, "_LITTLE", little)
            read = pages(who, " ".join(sorted(words)))
        assert [where for page in read for where in page] == expected(made, words)
        assert all(len(page) == size for page in read[:-1])

    check()


def test_what_is_written_between_two_pages_disturbs_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    made, who = world(), boss()
    for size, windows in ((2, (4000,)), (3, ()), (5, (4, 9))):
        monkeypatch.setattr(results, "PAGE", size)
        monkeypatch.setattr(finding, "_WINDOWS", windows)
        wanted, read, cursor, hour = expected(made, {"lamp"}), [], None, 200
        while not read or cursor:
            page = search(who, "lamp", cursor)
            read += [result.conversation for result in page.results]
            cursor = page.next
            for where in made:
                hour += 1
                part = says(where, "lamp again", now=NOON + timedelta(hours=hour))
                made[where].append((part.id, {"lamp", "again"}))
            index_all()
        assert read == wanted
        Part.objects.filter(pk__in=[key for parts in made.values() for key, said in parts if "again" in said]).delete()
        made = {where: [part for part in parts if "again" not in part[1]] for where, parts in made.items()}


def test_a_cursor_is_good_for_its_search_and_its_reader_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "PAGE", 1)
    who = boss()
    for hours in range(3):
        about("refund lamp", hours=hours)
    cursor = search(who, "refund").next
    assert cursor
    for reader, text, given_cursor in (
        (who, "lamp", cursor),
        (boss(), "refund", cursor),
        (who, "refund", cursor + "x"),
        (who, "refund", "x"),
        (who, "refund", "a:b:c"),
        (who, "refund", "é"),
    ):
        with pytest.raises(BadRequest) as caught:
            search(reader, text, given_cursor)
        assert caught.value.code == "invalid_cursor"
    answer = signed_in(who).get("/inbox/search", {"q": "refund", "cursor": "x"})
    assert error_of(answer)[:2] == (400, "invalid_cursor")


def test_corrections_hold_on_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "PAGE", 1)
    who = boss()
    for hours in range(3):
        about("refund", hours=hours)
    first = search(who, "refnud ")
    about("refnud", hours=9)
    second = search(who, "refnud ", first.next)
    assert second.corrected == {"refnud": "refund"}
    assert len(second.results) == 1


# The view


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
    empty = {"results": [], "people": [], "corrected": {}, "next": None}
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
