"""Frames are read strictly: each way to get one wrong has a code of its own."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import frames
from conversations.consumers.inbox import InboxSocket
from conversations.consumers.messenger import MessengerSocket
from conversations.errors import BadRequest
from conversations.strict_json import MAX_DEPTH, parse_object

ID = "5b1c3a52-6a4e-4a07-9d86-3f0d6c3b7a11"  # fixed, because parallel test processes must agree on the names of tests
MESSAGE = {"type": "message", "client_id": ID, "conversation": ID, "body": "Hi"}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("{", "invalid_json"),
        ("", "body_required"),
        (" \n", "body_required"),
        ("[]", "object_expected"),
        ('"hello"', "object_expected"),
        ("7", "object_expected"),
        ("null", "object_expected"),
        ("[" * 100_000, "too_deep"),
        ('{"a":' * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1), "too_deep"),
        ('{"a": ' + "9" * 100_000 + "}", "number_out_of_range"),
        ('{"a": 9007199254740992}', "number_out_of_range"),
        ('{"a": 1e999}', "number_out_of_range"),
        ('{"a": NaN}', "invalid_number"),
        ('{"a": -Infinity}', "invalid_number"),
        ('{"role": "agent", "role": "admin"}', "duplicate_key"),
        ('{"a": "\\ud800"}', "invalid_unicode"),
        (b'{"a": "\xff"}', "invalid_encoding"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_not_a_json_object_is_refused(raw: str | bytes, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_object(raw)
    assert refused.value.code == code


def test_as_deep_as_allowed_is_read() -> None:
    assert parse_object('{"a":' * MAX_DEPTH + "1" + "}" * MAX_DEPTH)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    )
)
def test_what_json_can_write_is_read_back(value: object) -> None:
    assert parse_object(json.dumps({"value": value})) == {"value": value}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"type": None}, "unknown_type", "type"),
        ({"type": 7}, "unknown_type", "type"),
        ({"type": "__init__"}, "unknown_type", "type"),
        ({"type": "websocket.disconnect"}, "unknown_type", "type"),
        ({"type": "open"}, "unknown_type", "type"),  # agents only
        ({"secret": 1}, "unknown_field", "secret"),
        ({"client_id": None}, "invalid_type", "client_id"),
        ({"client_id": "7"}, "invalid_type", "client_id"),
        ({"client_id": ID + "\n"}, "invalid_type", "client_id"),
        ({"body": {"$ne": None}}, "invalid_type", "body"),
        ({"body": ["Hi"]}, "invalid_type", "body"),
        ({"start": "yes"}, "invalid_type", "start"),
        ({"start": 1}, "invalid_type", "start"),
        ({"attachments": "x"}, "invalid_type", "attachments"),
        ({"attachments": [ID, 1]}, "invalid_type", "attachments"),
        ({"attachments": [f"{number:08x}{ID[8:]}" for number in range(11)]}, "too_many_files", "attachments"),
        ({"page": {"url": "https://a", "referrer": ""}}, "invalid_type", "page"),
        ({"page": {"url": "https://a/" + "a" * 3000}}, "text_too_long", "page"),
    ],
    ids=str,
)
def test_a_message_with_one_thing_wrong(changes: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(BadRequest) as refused:
        frames.parse(json.dumps({**MESSAGE, **changes}), frames.MESSENGER)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize("missing", ["client_id", "conversation"])
def test_a_message_without_a_field_it_needs(missing: str) -> None:
    raw = json.dumps({key: value for key, value in MESSAGE.items() if key != missing})
    with pytest.raises(BadRequest) as refused:
        frames.parse(raw, frames.MESSENGER)
    assert (refused.value.code, refused.value.field) == ("missing_field", missing)


@pytest.mark.parametrize("after", [-1, 2**31, 2**53, "x", None, 1.5, True])
def test_a_cursor_is_the_number_of_a_part(after: object) -> None:
    raw = json.dumps({"type": "sync", "conversation": ID, "after": after})
    with pytest.raises(BadRequest) as refused:
        frames.parse(raw, frames.MESSENGER)
    assert refused.value.code in {"invalid_cursor", "number_out_of_range"}


@pytest.mark.parametrize("kind", ["event", "Message", "", None, ["note"]])
def test_agents_write_messages_and_notes_only(kind: object) -> None:
    with pytest.raises(BadRequest):
        frames.parse(json.dumps({**MESSAGE, "kind": kind}), frames.INBOX)


@pytest.mark.parametrize("mention", ["agent:x", "agent:-1", "all", "agent:٣", 7, "team:1; drop"])
def test_mentions_name_agents_or_teams(mention: object) -> None:
    with pytest.raises(BadRequest):
        frames.parse(json.dumps({**MESSAGE, "kind": "note", "mentions": [mention]}), frames.INBOX)


def test_queries_and_fragments_of_pages_are_cut_off() -> None:
    raw = json.dumps({"type": "page", "url": "https://shop.example/pay?token=1#x", "title": "Pay"})
    assert frames.parse(raw, frames.MESSENGER) == frames.Page("https://shop.example/pay", "Pay")


def test_a_title_is_one_honest_line_however_odd() -> None:
    page = {"url": "https://shop.example/", "title": "Pay\0 \u202enow"}
    frame = frames.parse(json.dumps({**MESSAGE, "page": page}), frames.MESSENGER)
    assert isinstance(frame, frames.Message)
    assert frame.page == {"url": "https://shop.example/", "title": "Pay now"}


@pytest.mark.parametrize(
    "changes", [{"site": "a\0"}, {"language": "en\0"}, {"time_zone": "a\nb"}, {"identity": "\x7f"}]
)
def test_what_no_database_can_hold_is_refused_by_name(changes: dict[str, str]) -> None:
    hello = {"type": "hello", "protocol": 1, "site": "a", "token": "x", **changes}
    with pytest.raises(BadRequest) as refused:
        frames.parse(json.dumps(hello), frames.MESSENGER)
    assert (refused.value.code, refused.value.field) == ("control_characters", next(iter(changes)))


def test_a_page_is_an_address_of_the_web() -> None:
    raw = json.dumps({"type": "page", "url": "javascript:alert(1)", "title": ""})
    assert frames.parse(raw, frames.MESSENGER) == frames.Page("", "")


@pytest.mark.parametrize("socket", [MessengerSocket, InboxSocket])
def test_every_frame_has_a_handler_and_nothing_else_has(socket: type[MessengerSocket | InboxSocket]) -> None:
    assert {shape.make for shape in socket.shapes.values()} == set(socket.handlers)


@given(st.text(max_size=200))
def test_any_text_is_a_frame_or_a_refusal(raw: str) -> None:
    try:
        frames.parse(raw, frames.INBOX)
    except BadRequest as refusal:
        assert len(json.dumps(refusal.envelope())) < 400
