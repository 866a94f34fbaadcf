"""Search page by page: nothing twice, nothing left out, whatever is written meanwhile."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conversations.errors import BadRequest
from conversations.models import Conversation, Part
from conversations.search import finding, results, search
from people.models import Agent
from tests.conversations.desk import NOON, agent, conversation, customer, says
from tests.conversations.searching import about, boss, index_all
from tests.conversations.uploads import error_of, signed_in

pytestmark = pytest.mark.django_db


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
    read: list[list[Conversation]] = []
    cursor = None
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
        read: list[Conversation] = []
        wanted, cursor, hour = expected(made, {"lamp"}), None, 200
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
