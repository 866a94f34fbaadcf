"""Verbs over the API: what cannot be, and what happened first."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from conversations import actions
from people.models import AttributeDefinition, Company
from tests.conversations.api import Place, error, state
from tests.conversations.desk import NOON, agent, conversation, customer, says

pytestmark = pytest.mark.django_db


NOUNS: list[tuple[str, str, Any, int, str, str | None]] = [
    ("put", "priority/", {"priority": "high!"}, 400, "unknown_value", "priority"),
    ("put", "priority/", {"priority": 3}, 400, "invalid_type", "priority"),
    ("put", "priority/", {}, 400, "missing_field", "priority"),
    ("put", "priority/", {"priority": None}, 400, "invalid_type", "priority"),
    ("put", "assignment/", {"assignee": 3}, 400, "invalid_type", "assignee"),
    ("put", "assignment/", {"assignee": "10000000000000000"}, 400, "unknown_value", "assignee"),
    ("put", "assignment/", {"assignee": "9" * 500}, 400, "unknown_value", "assignee"),
    ("put", "assignment/", {"assignee": "\u0661"}, 400, "unknown_value", "assignee"),
    ("put", "assignment/", {"assignee": "-1"}, 400, "unknown_value", "assignee"),
    ("put", "assignment/", {"assignee": {"$gt": ""}}, 400, "invalid_type", "assignee"),
    ("put", "assignment/", {}, 400, "missing_field", "assignee"),
    ("put", "team/", {"team": []}, 400, "invalid_type", "team"),
    ("put", "topic/", {"topic": "1e3"}, 400, "unknown_value", "topic"),
    ("put", "status/", {"status": "0"}, 400, "unknown_value", "status"),
    ("put", "snooze/", {}, 400, "missing_field", "until"),
    ("put", "snooze/", {"until": 5}, 400, "invalid_type", "until"),
    ("put", "snooze/", {"until": "2026-02-30T00:00:00Z"}, 422, "invalid_date", "until"),
    ("put", "snooze/", {"until": "0000-01-01T00:00:00Z"}, 422, "invalid_date", "until"),
    ("put", "snooze/", {"until": "99999-01-01T00:00:00Z"}, 422, "invalid_date", "until"),
    ("put", "snooze/", {"until": "2126-01-01 Mars/Base"}, 422, "invalid_date", "until"),
    ("put", "snooze/", {"until": "2126-01-01T00:00:00"}, 422, "invalid_date", "until"),
    ("put", "snooze/", {"until": "2020-01-01T00:00:00Z"}, 422, "invalid_date", "until"),
    ("post", "closure/", {"why": "x" * 501}, 422, "text_too_long", "why"),
    ("post", "closure/", {"why": 1}, 400, "invalid_type", "why"),
    ("post", "closure/", {"state": "open"}, 400, "read_only_field", "state"),
    ("post", "tags/", {"names": "vip"}, 400, "invalid_type", "names"),
    ("post", "tags/", {"names": []}, 400, "unknown_value", "names"),
    ("post", "tags/", {"names": ["x"] * 21}, 400, "unknown_value", "names"),
    ("post", "tags/", {"names": ["x" * 61]}, 422, "text_too_long", "names.0"),
    ("post", "tags/", {"names": [" "]}, 422, "text_empty", "names"),
    ("put", "merge/", {"into": "me"}, 400, "invalid_type", "into"),
    ("put", "merge/", {"into": str(uuid.uuid4())}, 404, "not_found", None),
    ("post", "split/", {"numbers": [99], "conversation": str(uuid.uuid4())}, 422, "cannot_split", "numbers"),
    ("post", "split/", {"numbers": [-1], "conversation": str(uuid.uuid4())}, 400, "number_out_of_range", "numbers.0"),
    ("post", "split/", {"numbers": [1]}, 400, "missing_field", "conversation"),
    ("put", "read/", {"number": "1"}, 400, "invalid_type", "number"),
    ("put", "attributes/", {"attributes": {"secret": 1}}, 400, "unknown_field", "attributes.secret"),
    ("put", "attributes/", {"attributes": {"order": 1}}, 400, "invalid_type", "attributes.order"),
    ("put", "attributes/", {"attributes": []}, 400, "invalid_type", "attributes"),
    ("post", "parts/0/redaction/", None, 404, "not_found", None),
    ("post", "parts/-1/redaction/", None, 404, "not_found", None),
    ("post", "parts/1e3/redaction/", None, 404, "not_found", None),
    ("post", "parts/\u0661/redaction/", None, 404, "not_found", None),
    ("post", "parts/99999999999999999999/redaction/", None, 404, "not_found", None),
    ("put", "drafts/poem/", {"body": "x"}, 404, "not_found", None),
    ("put", "drafts/reply/", {"body": "x"}, 428, "edit_conflict", "If-Match"),
    ("put", "snooze/", [1], 400, "object_expected", None),
    ("get", "nonsense/", None, 404, "not_found", None),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "code", "field"), NOUNS, ids=range(len(NOUNS)))
def test_verbs_that_cannot_be(
    method: str, path: str, body: Any, status: int, code: str, field: str | None, place: Place
) -> None:
    AttributeDefinition.objects.create(subject="conversation", key="order", label="Order")
    before = state()
    answer = place.caller(method, place.path + path, body)
    refusal = error(answer)
    assert (answer.status_code, refusal["code"], refusal["field"]) == (status, code, field)
    assert state() == before


IDS = ["2147483648", "9223372036854775808", "-1", "1e3", "\u0661", "x" * 500, "0", "None", "%00", "..", "6f2d0a52"]


@pytest.mark.parametrize("noun", ["conversations", "customers", "companies"])
@pytest.mark.parametrize("text", IDS)
def test_what_cannot_be_an_id_is_nobodys(noun: str, text: str, place: Place) -> None:
    answer = place.caller("get", f"{noun}/{text}/")
    nothing = place.caller("get", f"{noun}/{uuid.uuid4()}/")
    assert (answer.status_code, answer.content) == (404, nothing.content)


def test_the_same_client_id_with_other_content(place: Place) -> None:
    key = str(uuid.uuid4())
    first, again, other = (place.post(client_id=key, body=body) for body in ("One", "One", "Two"))
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.content == again.content
    assert error(other)["code"] == "client_id_reused"


def test_an_old_version_of_a_draft(place: Place) -> None:
    path = f"{place.path}drafts/reply/"
    saved = place.caller("put", path, {"body": "Dear"}, headers={"If-Match": '"0"'})
    assert (saved.status_code, saved["ETag"]) == (200, '"1"')
    assert place.caller("put", path, {"body": "Dear Bea"}, headers={"If-Match": '"1"'}).status_code == 200
    stale = place.caller("put", path, {"body": "Hello"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, error(stale)["code"]) == (412, "edit_conflict")
    assert place.caller.get(path)["body"] == "Dear Bea"


def test_a_reply_to_what_went_on_elsewhere_says_where(place: Place) -> None:
    target = conversation(place.where.customer)
    says(target, "again")
    actions.merge(place.where, into=target, by=place.anna, now=NOON)
    answer = place.post(body="Hello")
    refusal = error(answer)
    assert (answer.status_code, refusal["code"], refusal["field"]) == (
        409,
        "conversation_merged",
        str(target.public_id),
    )


def test_a_newer_message_is_read_first(place: Place) -> None:
    says(place.where, "One more thing")
    answer = place.post(body="Hello", seen=1)
    assert (answer.status_code, error(answer)["code"]) == (409, "newer_message")
    assert place.post(body="Hello").status_code == 201


def test_who_was_slower_is_told_who_was_faster(place: Place) -> None:
    actions.claim(place.where, by=agent("Carl Holm"), now=NOON)
    answer = place.caller("post", f"{place.path}claim/")
    assert (answer.status_code, error(answer)["code"]) == (409, "already_assigned")
    assert error(answer)["message"] == "Carl Holm was faster."


def test_nobody_looks_into_a_company_by_putting_a_customer_there(place: Place) -> None:
    foreign, own = Company.objects.create(name="Foreign"), Company.objects.create(name="Own")
    path = f"customers/{place.where.customer.public_id}/"
    refused = [place.caller("patch", path, {"company": key}) for key in (str(foreign.pk), "999999")]
    assert {answer.status_code for answer in refused} == {400}
    assert refused[0].content == refused[1].content
    assert place.caller("get", f"companies/{foreign.pk}/").status_code == 404
    colleague = conversation(customer("Colleague", company=own))
    says(colleague, "hello")
    assert place.caller("patch", path, {"company": str(own.pk)}).status_code == 200
    assert place.caller("patch", path, {"company": None}).status_code == 200
