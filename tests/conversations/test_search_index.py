"""The index: filled once however often, emptied of what was redacted, and a vocabulary that counts right."""

from __future__ import annotations

import io
import threading
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection

from conversations.models import Part, SearchDocument, SearchWord
from conversations.search import clear, forget, index, missing
from people.models import Role
from tests.conversations.desk import NOON, agent, conversation, replies, says

pytestmark = pytest.mark.django_db


def keys() -> list[UUID]:
    return list(Part.objects.values_list("pk", flat=True))


def vocabulary() -> dict[str, int]:
    return dict(SearchWord.objects.values_list("word", "uses"))


def test_messages_and_notes_are_indexed_and_events_are_not() -> None:
    where = conversation()
    says(where, "Refund, please")
    replies(where, agent(role=Role.ADMIN), "refund refused", kind="note")
    replies(where, agent(role=Role.ADMIN), "done")  # and an event that assigns it
    index(keys())
    documents = SearchDocument.objects.values_list("part__number", "conversation")
    assert sorted(documents) == [(1, where.pk), (2, where.pk), (3, where.pk)]
    assert vocabulary() == {"refund": 2, "please": 1, "refused": 1, "done": 1}


def test_indexing_again_changes_nothing() -> None:
    where = conversation()
    says(where, "refund refund lamp")
    for _ in range(3):
        index(keys())
    assert (SearchDocument.objects.count(), vocabulary()) == (1, {"refund": 1, "lamp": 1})
    index([])
    says(where, "lamp")
    index(keys())
    assert vocabulary() == {"refund": 1, "lamp": 2}


def test_only_words_are_learned() -> None:
    where = conversation()
    says(where, "Order 4821 A-1029 " + "1" * 25 + " x to bea@shop.example " + "w" * 41 + " r2d2 Återbetalning дом")
    index(keys())
    assert set(vocabulary()) == {"order", "bea", "shop", "example", "aterbetalning", "дом"}


def test_what_is_forgotten_leaves_no_word_behind() -> None:
    where = conversation()
    first = says(where, "my password is hunterhunter").id
    says(where, "my lamp")
    index(keys())
    forget([first])
    forget([first])
    assert vocabulary() == {"lamp": 1}
    assert SearchDocument.objects.count() == 1


def test_indexing_a_redacted_part_takes_it_out() -> None:
    where = conversation()
    part = says(where, "hunterhunter").id
    index(keys())
    Part.objects.filter(pk=part).update(redacted_at=NOON)
    index([part])
    assert (SearchDocument.objects.count(), vocabulary()) == (0, {})
    index([part])
    assert (SearchDocument.objects.count(), vocabulary()) == (0, {})


def test_what_is_missing_can_be_found_and_the_index_built_anew() -> None:
    where = conversation()
    parts = [says(where, f"word {word}").id for word in ("alpha", "beta", "gamma")]
    index(parts[:1])
    assert missing(None, 10) == sorted(parts[1:])
    assert missing(sorted(parts[1:])[0], 10) == sorted(parts[1:])[1:]
    assert len(missing(None, 1)) == 1
    index(missing(None, 10))
    assert missing(None, 10) == []
    before = vocabulary()
    clear()
    assert (SearchDocument.objects.count(), vocabulary()) == (0, {})
    index(missing(None, 10))
    assert vocabulary() == before


@pytest.mark.django_db(transaction=True)
def test_two_at_a_time_count_once_and_do_not_block_each_other() -> None:
    where = conversation()
    parts = [says(where, " ".join(sorted(["lamp", "refund", "order"], reverse=bool(n % 2)))).id for n in range(20)]
    ready = threading.Barrier(4)

    def work(order: list[UUID]) -> None:
        try:
            ready.wait()
            index(order)
            forget(order[:5])
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[parts]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    forget(parts[:5])
    assert vocabulary() == {"lamp": 15, "refund": 15, "order": 15}
    assert SearchDocument.objects.count() == 15


def test_the_command_indexes_what_is_missing_or_everything() -> None:
    where = conversation()
    for word in ("alpha", "beta", "gamma"):
        says(where, word)
    index(missing(None, 1))

    def run(**options: bool) -> str:
        said = io.StringIO()
        call_command("index_search", stdout=said, **options)
        return said.getvalue()

    assert run() == "2 messages and notes indexed.\n"
    assert run() == "0 messages and notes indexed.\n"
    assert run(rebuild=True) == "3 messages and notes indexed.\n"
    assert vocabulary() == {"alpha": 1, "beta": 1, "gamma": 1}
