"""The inbox's addresses: who may, what is refused, and that each does what its name says."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from conversations import actions
from conversations.models import Conversation, Status, Topic
from people.models import Agent, Role
from tests.conversations import desk

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


@pytest.fixture
def anna() -> Agent:
    return desk.agent("Anna Berg", role=Role.MANAGER)


@pytest.fixture
def ask(anna: Agent) -> Callable[..., Any]:
    """Ask as Anna: (status, JSON)."""
    client = Client()
    client.force_login(anna)
    return asking(client)


def asking(client: Client) -> Callable[..., Any]:
    def send(method: str, path: str, body: Any = None, raw: bytes | None = None) -> tuple[int, Any]:
        data = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        answer = client.generic(method, path, data, content_type="application/json")
        is_json = answer.headers.get("Content-Type") == "application/json"
        return answer.status_code, (answer.json() if is_json else answer.content.decode())

    return send


def address(conversation: Conversation | uuid.UUID, noun: str = "") -> str:
    public_id = conversation.public_id if isinstance(conversation, Conversation) else conversation
    return f"/inbox/c/{public_id}/{noun}"


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


# What is done


def test_states_and_people(ask: Any, anna: Agent) -> None:
    jonas, billing = desk.agent("Jonas Pohl"), desk.team("Billing")
    conversation = desk.conversation()
    desk.says(conversation, "where is it?")

    def done(method: str, noun: str, **body: Any) -> Any:
        status, answer = ask(method, address(conversation, noun), body)
        assert status == 200, answer
        return answer["row"]

    assert done("POST", "claim/")["assignee"] == {"id": str(anna.pk), "name": "Anna Berg"}
    assert done("POST", "assignment/", to=str(jonas.pk))["assignee"]["name"] == "Jonas Pohl"
    assert done("POST", "assignment/", to=None)["assignee"] is None
    assert done("POST", "team/", to=str(billing.pk))["team"]["name"] == "Billing"
    assert done("POST", "priority/", priority="urgent")["priority"] == "urgent"
    assert done("POST", "tags/", names=["vip", "late"])["tags"] == ["late", "vip"]
    assert done("DELETE", "tags/", names=["vip"])["tags"] == ["late"]
    topic, status = Topic.objects.create(name="Refund"), Status.objects.create(name="With the courier", state="snoozed")
    assert done("POST", "topic/", topic=str(topic.pk))["topic"]["name"] == "Refund"
    assert done("POST", "status/", status=str(status.pk))["state"] == "snoozed"
    until = (timezone.now() + timedelta(days=1)).isoformat()
    assert done("POST", "snooze/", until=until)["state"] == "snoozed"
    assert done("DELETE", "snooze/")["state"] == "open"
    assert done("POST", "closure/", why="answered")["state"] == "closed"
    assert done("DELETE", "closure/")["state"] == "open"
    assert done("POST", "follow/")["following"] is True
    assert done("DELETE", "follow/")["following"] is False


def test_the_slower_one_is_told_who_was_faster(ask: Any) -> None:
    conversation = desk.conversation()
    desk.says(conversation, "anybody?")
    actions.claim(conversation, by=desk.agent("Mia Lund"), now=timezone.now())
    status, answer = ask("POST", address(conversation, "claim/"))
    assert (status, answer["error"]["code"]) == (409, "already_assigned")
    assert "Mia Lund" in answer["error"]["message"]


def test_merging_and_splitting(ask: Any) -> None:
    bea = desk.customer("Bea Ortiz")
    one, other = desk.conversation(bea), desk.conversation(bea)
    desk.says(one, "charged twice")
    desk.says(one, "and the address is wrong")
    desk.says(other, "charged twice, again")
    assert [row["id"] for row in ask("GET", address(one, "siblings/"))[1]["rows"]] == [str(other.public_id)]
    answer = ask("POST", address(other, "merge/"), {"into": str(one.public_id)})[1]
    assert answer["row"]["merged_into"] == answer["other"]["id"] == str(one.public_id)
    assert ask("GET", address(one, "siblings/"))[1]["rows"] == []
    assert ask("DELETE", address(other, "merge/"))[1]["row"]["merged_into"] is None
    split = ask("POST", address(one, "split/"), {"numbers": [2]})[1]
    assert split["other"]["snippet"] == "and the address is wrong"


def test_a_merged_conversation_leads_to_where_it_went(anna: Agent) -> None:
    bea = desk.customer("Bea Ortiz")
    one, other = desk.conversation(bea), desk.conversation(bea)
    desk.says(one, "first")
    desk.says(other, "second")
    actions.merge(other, into=one, by=anna, now=timezone.now())
    client = Client()
    client.force_login(anna)
    assert client.get(address(other)).headers["Location"] == address(one)


def test_redacting(ask: Any) -> None:
    conversation = desk.conversation()
    part = desk.says(conversation, "my card is 4111 1111 1111 1111")
    assert ask("POST", address(conversation, f"parts/{part.number}/redaction/"), {"why": "card number"})[0] == 200
    first = ask("GET", address(conversation, "thread/"))[1]["parts"][0]
    assert (first["body"], first["redacted"]) == ("", True)


def test_routed_out_of_sight(anna: Agent) -> None:
    jonas = desk.agent("Jonas Pohl", teams=(desk.team(),))
    client = Client()
    client.force_login(jonas)
    conversation = desk.conversation()
    desk.says(conversation, "hello")
    status, answer = asking(client)("POST", address(conversation, "team/"), {"to": str(desk.team().pk)})
    assert (status, answer) == (200, {"row": None})


def test_drafts_wait_and_never_overwrite_each_other(ask: Any) -> None:
    conversation = desk.conversation()
    desk.says(conversation, "hello")
    path = address(conversation, "draft/reply/")
    first = ask("PUT", path, {"body": "Dear Bea", "version": 0})[1]["version"]
    second = ask("PUT", path, {"body": "Dear Bea, sorry", "version": first})[1]["version"]
    status, answer = ask("PUT", path, {"body": "Hi Bea", "version": first})
    assert (status, answer["error"]["code"]) == (412, "edit_conflict")
    assert answer["error"]["stored"] == {"body": "Dear Bea, sorry", "version": second}
    assert answer["error"]["yours"]["body"] == "Hi Bea"
    drafts = ask("GET", address(conversation, "thread/"))[1]["drafts"]
    assert drafts == {"reply": {"body": "Dear Bea, sorry", "version": second}}
    assert ask("PUT", address(conversation, "draft/poem/"), {"body": "x", "version": 0})[0] == 404


def test_being_there(ask: Any, anna: Agent) -> None:
    assert ask("PUT", "/inbox/me/availability/", {"availability": "away", "reason": "lunch"})[0] == 200
    anna.refresh_from_db()
    assert (anna.availability, anna.away_reason) == ("away", "lunch")
    status, answer = ask("PUT", "/inbox/me/availability/", {"availability": "asleep"})
    assert (status, answer["error"]["code"]) == (400, "unknown_value")


def test_what_people_wrote_cannot_end_the_data_block(anna: Agent) -> None:
    bea = desk.customer("</script><script>alert(1)</script>")
    desk.says(desk.conversation(bea), "</script><img src=x onerror=alert(2)> & \u2028")
    client = Client()
    client.force_login(anna)
    page = client.get("/inbox/all/").content.decode()
    assert page.count("<script") == page.count("</script>") == 3
    assert "<img src=x" not in page
