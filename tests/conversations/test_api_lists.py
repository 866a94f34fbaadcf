"""Lists: what cannot be asked, and pages that hold everything once."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from conversations import relay
from tests.conversations.api import ROOT, Place, caller, error
from tests.conversations.desk import NOON, agent, conversation, customer, replies, says

pytestmark = pytest.mark.django_db


LISTS: list[tuple[str, int, str, str | None]] = [
    ("conversations/?page=0", 400, "invalid_page", "page"),
    ("conversations/?page=-1", 400, "invalid_page", "page"),
    ("conversations/?page=999999", 400, "invalid_page", "page"),
    ("conversations/?page=abc", 400, "invalid_page", "page"),
    ("conversations/?limit=1000000", 400, "limit_too_large", "limit"),
    ("conversations/?limit=101", 400, "limit_too_large", "limit"),
    ("conversations/?limit=0", 400, "limit_too_large", "limit"),
    ("conversations/?limit=-5", 400, "limit_too_large", "limit"),
    ("conversations/?limit=x", 400, "limit_too_large", "limit"),
    ("conversations/?limit=0000000050000000", 400, "limit_too_large", "limit"),
    ("conversations/?limit=0000000050" + "0" * 30, 400, "limit_too_large", "limit"),
    ("{id}parts/?limit=0000000050000000", 400, "limit_too_large", "limit"),
    ("conversations/?limit=" + "9" * 900, 400, "limit_too_large", "limit"),
    ("conversations/?cursor=forged", 400, "invalid_cursor", "cursor"),
    ("conversations/?cursor=", 400, "invalid_cursor", "cursor"),
    ("conversations/?sort=password", 400, "unknown_sort", "sort"),
    ("conversations/?sort=assignee__password", 400, "unknown_sort", "sort"),
    ("conversations/?sort=-", 400, "unknown_sort", "sort"),
    ("conversations/?sort=?", 400, "unknown_sort", "sort"),
    ("agents/?sort=password", 400, "unknown_sort", "sort"),
    ("conversations/?state=waiting", 400, "unknown_value", "state"),
    ("conversations/?view=nope", 400, "unknown_value", "view"),
    ("conversations/?view=team-99999", 400, "unknown_value", "view"),
    ("conversations/?team=\u0661", 400, "unknown_value", "team"),
    ("conversations/?tag=%00", 400, "control_characters", "tag"),
    ("conversations/?assignee__password__startswith=a", 400, "unknown_filter", "assignee__password__startswith"),
    ("conversations/?_connector=OR", 400, "unknown_filter", "_connector"),
    ("conversations/?_negated=1", 400, "unknown_filter", "_negated"),
    ("conversations/?state=open&state=closed", 400, "unknown_filter", "state"),
    ("conversations/?" + "&".join(f"f{n}=1" for n in range(199)), 400, "filter_too_complex", None),
    ("conversations/?q=" + "x" * 999, 400, "query_too_long", "q"),
    ("customers/?q=" + "x" * 999, 400, "query_too_long", "q"),
    ("customers/?q=%00", 400, "control_characters", "q"),
    ("search/?q=" + "x" * 10_000, 400, "filter_too_complex", None),
    ("search/?q=" + "x" * 999, 400, "query_too_long", "q"),
    ("search/?q=x&cursor=forged", 400, "invalid_cursor", "cursor"),
    ("search/", 400, "missing_field", "q"),
    ("search/?q=%00", 400, "control_characters", "q"),
    ("{id}parts/?after=-1", 400, "invalid_cursor", "after"),
    ("{id}parts/?after=x", 400, "invalid_cursor", "after"),
    ("{id}parts/?before=9223372036854775808", 400, "invalid_cursor", "before"),
    ("{id}parts/?after=1&before=2", 400, "invalid_cursor", "before"),
    ("{id}parts/?kind=note", 400, "unknown_filter", "kind"),
]


@pytest.mark.parametrize(("path", "status", "code", "field"), LISTS, ids=range(len(LISTS)))
def test_lists_that_cannot_be(path: str, status: int, code: str, field: str | None, place: Place) -> None:
    answer = place.caller("get", path.replace("{id}", place.path))
    refusal = error(answer)
    assert (answer.status_code, refusal["code"], refusal["field"]) == (status, code, field)


@pytest.mark.parametrize("text", ["(a+)+$", "%", "_", "\\", "100%_\\", "' OR 1=1 --", "[[", "a & !b | (c"])
def test_queries_are_words_and_nothing_else(text: str, place: Place) -> None:
    says(place.where, f"about {text}")
    relay.drain(timezone.now)
    for path in ("search/", "conversations/", "customers/"):
        started = time.monotonic()
        answer = Client().get(ROOT + path, {"q": text}, headers={"Authorization": f"Bearer {place.caller.secret}"})
        assert answer.status_code == 200
        assert time.monotonic() - started < 0.3
    listed = Client().get(f"{ROOT}customers/", {"q": "%"}, headers={"Authorization": f"Bearer {place.caller.secret}"})
    assert json.loads(listed.content)["results"] == []


def test_a_cursor_is_of_one_reader_one_list_and_one_day(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        says(conversation(place.where.customer), "again")
    first = place.caller.get("conversations/?limit=1&state=open")
    cursor = first["next"]
    assert place.caller("get", f"conversations/?limit=2&state=open&cursor={cursor}").status_code == 200
    for who, path in [
        (caller(agent()), f"conversations/?state=open&cursor={cursor}"),
        (place.caller, f"conversations/?cursor={cursor}"),
        (place.caller, f"customers/?cursor={cursor}"),
        (place.caller, f"conversations/?state=open&cursor={cursor[:-1]}"),
    ]:
        answer = who("get", path)
        assert (answer.status_code, error(answer)["code"]) == (400, "invalid_cursor")
    tomorrow = time.time() + 25 * 3600
    monkeypatch.setattr(signing.time, "time", lambda: tomorrow)  # type: ignore[attr-defined]
    answer = place.caller("get", f"conversations/?state=open&cursor={cursor}")
    assert (answer.status_code, error(answer)["code"]) == (400, "invalid_cursor")


def test_the_same_part_everywhere(place: Place) -> None:
    """The API's JSON is the wire's."""
    written = json.loads(place.post(body="Hello").content)
    listed = place.caller.get(f"{place.path}parts/")
    assert written in listed["parts"]
    assert listed["last_number"] == place.caller.get(place.path)["last_number"]
    assert set(written) == {
        "id", "conversation", "number", "kind", "author", "client_id", "body", "attachments", "event", "data", "at",
        "redacted",
    }  # fmt: skip


def test_parts_are_paged_both_ways(place: Place) -> None:
    for index in range(6):
        replies(place.where, place.anna, str(index))
    numbers = [part["number"] for part in place.caller.get(f"{place.path}parts/?limit=3")["parts"]]
    assert numbers == [6, 7, 8]
    before = place.caller.get(f"{place.path}parts/?limit=3&before=6")
    assert ([part["number"] for part in before["parts"]], before["more"]) == ([3, 4, 5], True)
    after = place.caller.get(f"{place.path}parts/?limit=3&after=5")
    assert ([part["number"] for part in after["parts"]], after["more"]) == ([6, 7, 8], False)


@pytest.mark.parametrize("sort", ["-at", "at", "-created_at", "waiting_since"])
def test_pages_hold_everything_once_whatever_their_order(sort: str) -> None:
    who = caller(agent())
    bea = customer()
    for index in range(7):  # some of them at the same moment, so that keys must break ties
        says(conversation(bea, at=NOON + timedelta(minutes=index // 3)), "x", now=NOON + timedelta(minutes=index // 2))
    path, seen, values = f"conversations/?sort={sort}&limit=2", [], []
    page: dict[str, Any] = {"next": ""}
    while (cursor := page["next"]) is not None:
        page = who.get(path + (cursor and f"&cursor={cursor}"))
        seen += [row["id"] for row in page["results"]]
        values += [row[sort.strip("-")] for row in page["results"] if sort != "-created_at"]
    assert len(seen) == len(set(seen)) == 7
    assert values == sorted(values, reverse=sort.startswith("-"))
