"""What strangers send as a message: each mistake has a code, says what to do, and changes nothing."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.conversations.api import Place, error, state

pytestmark = pytest.mark.django_db


DEEP = b'{"a":' * 1000 + b"1" + b"}" * 1000
RAW = [
    (b"{", 400, "invalid_json", "Body is not valid JSON (line 1, column 2)."),
    (b"", 400, "body_required", "The body is empty; send a JSON object."),
    (b"  ", 400, "body_required", "empty"),
    (b'["a"]', 400, "object_expected", "Send a JSON object"),
    (b'"a"', 400, "object_expected", "Send a JSON object"),
    (b"5", 400, "object_expected", "Send a JSON object"),
    (DEEP, 400, "too_deep", "At most 32 levels."),
    (b'{"seen": ' + b"9" * 100_000 + b"}", 400, "number_out_of_range", "9007199254740991"),
    (b'{"seen": 1e999}', 400, "number_out_of_range", "too long"),
    (b'{"seen": NaN}', 400, "invalid_number", "NaN is not JSON."),
    (b'{"seen": Infinity}', 400, "invalid_number", "Infinity is not JSON."),
    (b'{"body": "a", "body": "b"}', 400, "duplicate_key", "'body' stands twice"),
    (b'{"body": "\\ud800"}', 400, "invalid_unicode", "half of a character"),
    (b'{"body": "\xff\xfe"}', 400, "invalid_encoding", "not valid UTF-8"),
]


@pytest.mark.parametrize(("raw", "status", "code", "message"), RAW, ids=range(len(RAW)))
def test_bodies_that_cannot_be_read(raw: bytes, status: int, code: str, message: str, place: Place) -> None:
    before = state()
    answer = place.caller("post", f"{place.path}parts/", raw=raw)
    refusal = error(answer)
    assert (answer.status_code, refusal["code"]) == (status, code)
    assert message in refusal["message"]
    assert state() == before


@pytest.mark.parametrize(
    "kind", ["text/plain", "", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]
)
def test_bodies_of_another_kind(kind: str, place: Place) -> None:
    answer = place.caller("post", f"{place.path}parts/", {"body": "x"}, headers={"Content-Type": kind})
    assert (answer.status_code, error(answer)["code"]) == (415, "unsupported_media_type")


LONG = "10,001 characters; the limit is 10,000."
MESSAGES: list[tuple[dict[str, Any], int, str, str | None, str]] = [
    ({"body": "a\x00b"}, 400, "control_characters", "body", "remove them"),
    ({"body": "a\x07b"}, 400, "control_characters", "body", "remove them"),
    ({"body": "x" * 10_001}, 422, "text_too_long", "body", LONG),
    ({"body": ""}, 422, "text_empty", "body", "Write something first."),
    ({}, 422, "text_empty", "body", "Write something first."),
    ({"body": " \n\t\u200b\u200e\u2060\ufeff\u3164"}, 422, "text_empty", "body", "Write something first."),
    ({"body": "Z" + "\u0301" * 51}, 422, "too_many_combining_marks", "body", "At most 50 marks"),
    ({"body": "x", "boddy": 1}, 400, "unknown_field", "boddy", "There is no field 'boddy' here."),
    ({"body": "x", "number": 7}, 400, "read_only_field", "number", "nobody sets this"),
    ({"body": "x", "author": {"kind": "customer"}}, 400, "read_only_field", "author", "nobody sets this"),
    ({"body": "x", "at": "2020-01-01T00:00:00Z"}, 400, "read_only_field", "at", "nobody sets this"),
    ({"body": "x", "customer": "1"}, 400, "read_only_field", "customer", "nobody sets this"),
    ({"body": "x", "private": False}, 400, "unknown_field", "private", "no field"),
    ({"body": 5}, 400, "invalid_type", "body", "body: expected a string."),
    ({"body": {"$ne": None}}, 400, "invalid_type", "body", "expected a string"),
    ({"body": ["x"]}, 400, "invalid_type", "body", "expected a string"),
    ({"body": True}, 400, "invalid_type", "body", "expected a string"),
    ({"body": None}, 400, "invalid_type", "body", "expected a string"),
    ({"body": "x", "kind": 1}, 400, "invalid_type", "kind", "expected a string"),
    ({"body": "x", "kind": "event"}, 400, "unknown_value", "kind", "one of message, note"),
    ({"body": "x", "client_id": 7}, 400, "invalid_type", "client_id", "a UUID"),
    ({"body": "x", "client_id": "7"}, 400, "invalid_type", "client_id", "a UUID"),
    ({"body": "x", "client_id": uuid.uuid4().hex}, 400, "invalid_type", "client_id", "a UUID"),
    ({"body": "x", "attachments": "a"}, 400, "invalid_type", "attachments", "a list"),
    ({"body": "x", "attachments": [1]}, 400, "invalid_type", "attachments.0", "a UUID"),
    ({"body": "x", "attachments": [str(uuid.uuid4())] * 11}, 400, "unknown_value", "attachments", "0 to 10"),
    ({"body": "x", "attachments": [str(uuid.uuid4())]}, 400, "attachment_not_yours", "attachments", "not here"),
    ({"body": "x", "mentions": ["agent:1"]}, 400, "unknown_value", "mentions", "Only notes"),
    ({"body": "x", "kind": "note", "mentions": ["agent:0"]}, 400, "unknown_value", "mentions", "no 'agent:0'"),
    ({"body": "x", "kind": "note", "mentions": ["agent:\u0661"]}, 400, "unknown_value", "mentions", "to mention"),
    ({"body": "x", "kind": "note", "mentions": ["__class__:1"]}, 400, "unknown_value", "mentions", "to mention"),
    ({"body": "x", "kind": "note", "mentions": [5]}, 400, "invalid_type", "mentions.0", "a string"),
    ({"body": "x", "seen": "1"}, 400, "invalid_type", "seen", "a whole number"),
    ({"body": "x", "seen": 1.5}, 400, "invalid_type", "seen", "a whole number"),
    ({"body": "x", "seen": True}, 400, "invalid_type", "seen", "a whole number"),
    ({"body": "x", "seen": -1}, 400, "number_out_of_range", "seen", "0 to"),
    ({"body": "x", "seen": 2**31}, 400, "number_out_of_range", "seen", "0 to"),
    ({"body": "x", "close": "yes"}, 400, "invalid_type", "close", "true or false"),
    ({"body": "x", "close": 1}, 400, "invalid_type", "close", "true or false"),
]


@pytest.mark.parametrize(("fields", "status", "code", "field", "message"), MESSAGES, ids=range(len(MESSAGES)))
def test_messages_that_cannot_be(
    fields: dict[str, Any], status: int, code: str, field: str | None, message: str, place: Place
) -> None:
    before = state()
    answer = place.post(**fields)
    refusal = error(answer)
    assert (answer.status_code, refusal["code"], refusal["field"]) == (status, code, field)
    assert message in refusal["message"]
    assert state() == before


def test_a_message_without_an_id_of_its_own(place: Place) -> None:
    answer = place.caller("post", f"{place.path}parts/", {"body": "x"})
    assert (answer.status_code, error(answer)["code"], error(answer)["field"]) == (400, "missing_field", "client_id")


def test_fifty_marks_on_a_letter_are_still_writing(place: Place) -> None:
    assert place.post(body="Z" + "\u0301" * 50).status_code == 201
