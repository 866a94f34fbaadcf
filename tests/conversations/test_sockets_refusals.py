"""What the sockets of a real desk refuse, and how they say so."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from conversations.consumers.inbox import InboxSocket
from tests.conversations.cast import Cast
from tests.conversations.wire import begin, dial, inbox, messenger, new_token, write

pytestmark = pytest.mark.engines


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1.evil.example"])
def test_agents_sockets_open_from_our_own_pages_only(cast: Cast, origin: str | None) -> None:
    options: dict[str, Any] = {"additional_headers": {"Cookie": f"parley={cast.ada}"}}
    with pytest.raises(InvalidStatus):
        dial(cast.desk, "/ws/inbox/", origin=origin, **options)


def test_messengers_open_from_our_own_frame_or_from_an_app(cast: Cast) -> None:
    with pytest.raises(InvalidStatus):
        dial(cast.desk, "/ws/messenger/", origin="https://evil.example")


def test_without_a_session_there_is_no_inbox(cast: Cast) -> None:
    with inbox(cast.desk, "nonsense", hello=False) as wire:
        wire.send("hello", protocol=1)
        assert wire.closed_with() == 4401


def test_a_binary_frame_closes(cast: Cast) -> None:
    with messenger(cast.desk) as wire:
        wire.raw(b"\x00")
        assert wire.closed_with() == 1003


def test_a_frame_over_64_kib_closes(cast: Cast) -> None:
    with messenger(cast.desk) as wire:
        wire.raw("x" * 65_537)
        assert wire.closed_with() == 1009


def test_who_says_no_hello_is_closed(cast: Cast) -> None:
    with dial(cast.desk, "/ws/messenger/") as wire:
        assert wire.closed_with() == 4408


def test_nothing_is_done_before_hello(cast: Cast) -> None:
    with dial(cast.desk, "/ws/messenger/") as wire:
        wire.send("sync", conversation=str(uuid.uuid4()), after=0)
        assert wire.error()["code"] == "unknown_type"


def test_an_old_protocol_is_told_to_reload(cast: Cast) -> None:
    with dial(cast.desk, "/ws/messenger/") as wire:
        wire.send("hello", protocol=0, site="test", token=new_token())
        assert wire.closed_with() == 4400


def test_five_unreadable_frames_are_forgiven(cast: Cast) -> None:
    with messenger(cast.desk) as wire:
        wire.next("welcome")
        for _ in range(5):
            wire.raw("{")
            assert wire.error()["code"] == "invalid_json"
        wire.raw("{")
        assert wire.closed_with() == 4400


def test_a_flood_of_frames_closes(cast: Cast) -> None:
    with messenger(cast.desk) as wire:
        wire.next("welcome")
        for _ in range(500):
            try:
                wire.send("page", url="https://shop.example/")
            except ConnectionClosed:
                break
        assert wire.closed_with() == 4429


def test_too_many_messages_are_slowed_down_and_nothing_is_lost(cast: Cast) -> None:
    with messenger(cast.desk) as wire:
        conversation = begin(wire)
        for number in range(12):
            wire.send("message", client_id=uuid.uuid4(), conversation=conversation, body=str(number))
        refused = wire.error()
        assert (refused["code"], refused["retry_after"] >= 1) == ("slow_down", True)


def test_more_tabs_are_not_more_messages(cast: Cast) -> None:
    token = new_token()
    with messenger(cast.desk, token) as wire:
        conversation = begin(wire)
    tabs = [messenger(cast.desk, token) for _ in range(6)]  # of two processes
    for tab in tabs:
        tab.next("welcome")
        for number in range(10):
            tab.send("message", client_id=uuid.uuid4(), conversation=conversation, body=str(number))
    answers = [tab.next(lambda frame: frame["type"] in ("part", "error"))["type"] for tab in tabs]
    refused = 0
    for tab in tabs:
        tab.send("typing", conversation=str(uuid.uuid4()), on=True)  # answered last
        tab.next(lambda frame: frame["type"] == "error" and frame["error"]["code"] == "not_found")
        refused += sum(frame.get("error", {}).get("code") == "slow_down" for frame in tab.seen)
        tab.close()
    assert set(answers) <= {"part", "error"}
    assert refused >= 35


def test_only_who_typed_can_stop(cast: Cast) -> None:
    with messenger(cast.desk) as bea, inbox(cast.desk, cast.ada) as ada:
        conversation = begin(bea)
        ada.send("open", conversation=conversation)
        ada.next("parts")
        for _ in range(20):
            bea.send("typing", conversation=conversation, on=False)
        bea.send("typing", conversation=conversation, on=True)
        for _ in range(20):
            bea.send("typing", conversation=conversation, on=False)
        write(bea, conversation, "there")
        ada.next(lambda frame: frame["type"] == "part" and frame["part"]["body"] == "there")
        assert [frame["on"] for frame in ada.seen if frame["type"] == "typing"] == [True, False]


def test_a_visitor_has_at_most_twenty_sockets_in_a_process(cast: Cast) -> None:
    token = new_token()
    wires = [messenger(cast.desk, token) for _ in range(41)]  # two processes
    answers = [wire.first() for wire in wires]
    for wire in wires:
        wire.close()
    assert set(answers) == {"welcome", 4429}


_OURS = {*dir(InboxSocket), "__class__", "websocket.disconnect", "http.request", "revoked", "group_send"}


def test_names_of_ours_are_not_frames(cast: Cast) -> None:
    with inbox(cast.desk, cast.ada) as wire:
        for name in sorted(_OURS - set(InboxSocket.shapes)):
            wire.send(name)
            answer = wire.next("error")
            assert answer["error"]["code"] == "unknown_type", name
            assert len(json.dumps(answer)) <= 200


def test_the_newer_message_check_speaks(cast: Cast) -> None:
    with messenger(cast.desk) as bea, inbox(cast.desk, cast.ada) as ada:
        conversation = begin(bea)
        write(bea, conversation, "one more thing")
        ada.send("message", client_id=uuid.uuid4(), conversation=conversation, body="to the first", seen=1)
        assert ada.error()["code"] == "newer_message"


@pytest.mark.parametrize(
    ("body", "code"),
    [("", "text_empty"), ("\u200b", "text_empty"), ("a\x00b", "control_characters"), ("x" * 10_001, "text_too_long")],
    ids=["empty", "invisible", "nul", "long"],
)
def test_bodies_are_refused_with_their_client_id(cast: Cast, body: str, code: str) -> None:
    with messenger(cast.desk) as wire:
        wire.next("welcome")
        client_id = str(uuid.uuid4())
        wire.send("message", client_id=client_id, conversation=uuid.uuid4(), body=body, start=True)
        frame = wire.next("error")
        assert (frame["error"]["code"], frame["client_id"]) == (code, client_id)
