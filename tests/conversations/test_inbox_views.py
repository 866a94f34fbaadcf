"""The inbox's addresses: who may, what is refused, and that each does what its name says."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from people.models import Agent
from tests.conversations import desk
from tests.conversations.inboxing import address, asking

pytestmark = pytest.mark.django_db

NOUNS = [
    ("POST", "closure/", {}),
    ("DELETE", "closure/", {}),
    ("POST", "claim/", {}),
    ("POST", "assignment/", {"to": None}),
    ("POST", "team/", {"to": None}),
    ("POST", "snooze/", {"until": None}),
    ("DELETE", "snooze/", {}),
    ("POST", "priority/", {"priority": "high"}),
    ("POST", "topic/", {"topic": None}),
    ("POST", "status/", {"status": None}),
    ("POST", "tags/", {"names": ["vip"]}),
    ("DELETE", "tags/", {"names": ["vip"]}),
    ("POST", "follow/", {}),
    ("DELETE", "follow/", {}),
    ("POST", "merge/", {"into": str(uuid.uuid4())}),
    ("DELETE", "merge/", {}),
    ("POST", "split/", {"numbers": [1]}),
    ("POST", "parts/1/redaction/", {}),
    ("PUT", "draft/reply/", {"body": "x", "version": 0}),
    ("GET", "thread/", None),
    ("GET", "siblings/", None),
]


@contextmanager
def read_only() -> Iterator[None]:
    """Every write in here is an error: what GET answers must not depend on being asked."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL transaction_read_only = on")
    yield


# Who may


@pytest.mark.parametrize(("method", "noun", "body"), NOUNS)
def test_what_is_not_theirs_looks_like_what_is_not_there(method: str, noun: str, body: Any) -> None:
    client = Client()
    client.force_login(desk.agent("Jonas Pohl", teams=(desk.team(),)))
    foreign = desk.conversation(team=desk.team())
    desk.says(foreign, "not for Jonas")
    ask = asking(client)
    there, nowhere = ask(method, address(foreign, noun), body), ask(method, address(uuid.uuid4(), noun), body)
    for answer in (there, nowhere):
        answer[1]["error"].pop("request_id")
    assert there == nowhere
    assert there[0] == 404
    assert there[1]["error"]["code"] == "not_found"


@pytest.mark.parametrize(("method", "noun", "body"), NOUNS)
def test_nobody_in_particular_may_do_nothing(method: str, noun: str, body: Any) -> None:
    status, answer = asking(Client())(method, address(desk.conversation(), noun), body)
    assert (status, answer["error"]["code"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    "path", ["/inbox/", "/inbox/mine/", f"/inbox/c/{uuid.uuid4()}/", "/inbox/search/", "/password/"]
)
def test_pages_lead_to_the_door_and_back(path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login/?next={path}")


def test_pages_of_others_are_not_there(anna: Agent) -> None:
    client = Client()
    client.force_login(desk.agent("Jonas Pohl"))
    team = desk.team()
    foreign = desk.conversation(team=team)
    pages = [address(foreign), address(uuid.uuid4()), address(foreign, "customer/"), f"/inbox/team-{team.pk}/"]
    pages += ["/inbox/nonsense/", "/inbox/team-/", "/inbox/team-x/", "/inbox/team-999999999999999999999/"]
    assert {client.get(page).status_code for page in pages} == {404}


@pytest.mark.parametrize(("method", "noun", "body"), NOUNS)
def test_forged_requests_are_refused(method: str, noun: str, body: Any, anna: Agent) -> None:
    if method == "GET":
        return
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    assert asking(client)(method, address(desk.conversation(), noun), body)[0] == 403


def test_asking_changes_nothing(anna: Agent) -> None:
    conversation = desk.conversation()
    desk.says(conversation, "hello there")
    client = Client()
    client.force_login(anna)
    views = ["waiting", "mine", "unassigned", "mentions", "all", "snoozed", "closed"]
    pages = [f"/inbox/{view}/{more}" for view in views for more in ("", "rows/")]
    pages += [address(conversation, noun) for noun in ("", "thread/", "siblings/", "customer/")]
    pages += ["/inbox/choices/", "/inbox/search/?q=hello"]
    with read_only():
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


@pytest.mark.parametrize(
    ("method", "noun"), [("GET", "closure/"), ("PUT", "claim/"), ("DELETE", "claim/"), ("PATCH", "tags/")]
)
def test_other_methods_are_not_allowed(ask: Any, method: str, noun: str) -> None:
    assert ask(method, address(desk.conversation(), noun))[0] == 405


# What is refused


@pytest.mark.parametrize(
    ("noun", "raw", "status", "code"),
    [
        ("closure/", b"{", 400, "invalid_json"),
        ("closure/", b"[]", 400, "object_expected"),
        ("closure/", b'{"why": 1}', 400, "invalid_type"),
        ("closure/", b'{"unknown": 1}', 400, "unknown_field"),
        ("closure/", b"\xff", 400, "invalid_encoding"),
        ("assignment/", b"{}", 400, "missing_field"),
        ("assignment/", b'{"to": 3}', 400, "invalid_type"),
        ("assignment/", b'{"to": "x"}', 400, "invalid_type"),
        ("assignment/", '{"to": "٣"}'.encode(), 400, "invalid_type"),
        ("assignment/", b'{"to": "999999999999999999"}', 400, "unknown_value"),
        ("assignment/", b'{"to": "9999999999999999999999"}', 400, "invalid_type"),
        ("team/", b'{"to": "404"}', 400, "unknown_value"),
        ("snooze/", b"{}", 400, "missing_field"),
        ("snooze/", b'{"until": "tomorrow"}', 422, "invalid_date"),
        ("snooze/", b'{"until": "2026-02-30T00:00:00Z"}', 422, "invalid_date"),
        ("snooze/", b'{"until": "2026-11-24T09:00:00"}', 422, "invalid_date"),
        ("snooze/", b'{"until": 5}', 422, "invalid_date"),
        ("priority/", b'{"priority": "highest"}', 400, "unknown_value"),
        ("priority/", b'{"priority": true}', 400, "invalid_type"),
        ("topic/", b'{"topic": "1"}', 400, "unknown_value"),
        ("tags/", b'{"names": "vip"}', 400, "invalid_type"),
        ("tags/", b'{"names": []}', 400, "invalid_type"),
        ("tags/", b'{"names": [1]}', 400, "invalid_type"),
        ("split/", b'{"numbers": [true]}', 400, "invalid_type"),
        ("split/", b'{"numbers": ["1"]}', 400, "invalid_type"),
        ("merge/", b'{"into": "1"}', 400, "invalid_type"),
        ("parts/99/redaction/", b"{}", 404, "not_found"),
    ],
)
def test_bad_bodies(ask: Any, noun: str, raw: bytes, status: int, code: str) -> None:
    conversation = desk.conversation()
    desk.says(conversation, "hello")
    got, answer = ask("POST", address(conversation, noun), raw=raw)
    assert (got, answer["error"]["code"]) == (status, code)
    assert answer["error"]["message"].endswith(".")


@pytest.mark.parametrize(
    ("query", "code"),
    [("after=x", "invalid_cursor"), ("before=a:b:c", "invalid_cursor"), ("after=a&before=b", "invalid_page")],
)
def test_bad_pages(ask: Any, query: str, code: str) -> None:
    status, answer = ask("GET", f"/inbox/all/rows/?{query}")
    assert (status, answer["error"]["code"]) == (400, code)
