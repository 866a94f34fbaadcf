"""Both sockets of a real desk keep the contract of docs/protocol.md."""

from __future__ import annotations

import uuid

import pytest

from tests.conversations.cast import Cast
from tests.conversations.wire import begin, inbox, messenger, new_token, write

pytestmark = pytest.mark.engines


def test_what_a_customer_writes_reaches_the_agent_and_back(cast: Cast) -> None:
    with messenger(cast.desk) as bea, inbox(cast.desk, cast.ada) as ada:
        conversation = begin(bea, "my order never arrived")
        row = ada.next(lambda f: f["type"] == "rows" and any(r["id"] == conversation for r in f["rows"]))
        assert [r["snippet"] for r in row["rows"] if r["id"] == conversation] == ["my order never arrived"]
        ada.send("open", conversation=conversation)
        assert [part["number"] for part in ada.next("parts")["parts"]] == [1]
        sent = write(ada, conversation, "Let me look")
        got = bea.next("part")["part"]
        assert (got["body"], got["number"], sent["number"]) == ("Let me look", 2, 2)
        assert got["author"] == {"kind": "agent", "id": None, "name": "Ada"}


def test_nothing_of_a_note_reaches_the_customer(cast: Cast) -> None:
    with messenger(cast.desk) as bea, inbox(cast.desk, cast.ada) as ada:
        conversation = begin(bea)
        write(ada, conversation, "canary-7f3a", kind="note")
        write(ada, conversation, "In the open")
        bea.hears_nothing_of("canary-7f3a", until="part")
        assert bea.seen[-1]["part"]["number"] == 2  # dense for the customer, whatever stood between
        bea.send("sync", conversation=conversation, after=0)
        bea.hears_nothing_of("canary-7f3a", until="parts")
        assert [part["number"] for part in bea.seen[-1]["parts"]] == [1, 2]


def test_a_retry_over_another_process_or_socket_creates_nothing(cast: Cast) -> None:
    token, conversation, client_id = new_token(), str(uuid.uuid4()), str(uuid.uuid4())
    numbers = []
    for _ in range(6):
        with messenger(cast.desk, token) as bea:
            bea.next("welcome")
            bea.send("message", client_id=client_id, conversation=conversation, body="once", start=True)
            numbers.append(bea.next("part")["part"]["number"])
    assert numbers == [1] * 6
    with messenger(cast.desk, token) as bea:
        bea.send("message", client_id=client_id, conversation=conversation, body="other", start=True)
        assert bea.error()["code"] == "client_id_reused"


def test_typed_order_is_kept_when_many_are_sent_at_once(cast: Cast) -> None:
    with messenger(cast.desk) as bea:
        conversation = begin(bea, "0")
        for number in range(1, 9):
            bea.send("message", client_id=uuid.uuid4(), conversation=conversation, body=str(number))
        parts = [bea.next("part")["part"] for _ in range(8)]
        assert [(part["number"], part["body"]) for part in parts] == [(n + 1, str(n)) for n in range(1, 9)]


def test_who_was_away_is_given_what_they_missed(cast: Cast) -> None:
    token = new_token()
    with messenger(cast.desk, token) as bea:
        conversation = begin(bea)
    with inbox(cast.desk, cast.ada) as ada:
        for body in ("one", "two", "three"):
            write(ada, conversation, body)
    with messenger(cast.desk, token, have={conversation: 1}) as bea:
        welcome = bea.next("welcome")
        assert [each["last_number"] for each in welcome["conversations"]] == [4]
        assert [part["body"] for part in bea.next("parts")["parts"]] == ["one", "two", "three"]


def test_a_lost_tail_is_told_by_a_pulse(cast: Cast) -> None:
    with messenger(cast.desk) as bea:
        conversation = begin(bea)
        pulse = bea.next(lambda frame: frame["type"] == "pulse" and conversation in frame["numbers"])
        assert pulse["numbers"][conversation] == 1


def test_agents_see_each_other_look_and_write(cast: Cast) -> None:
    with messenger(cast.desk) as bea, inbox(cast.desk, cast.ada) as ada, inbox(cast.desk, cast.cara) as cara:
        conversation = begin(bea)
        ada.send("open", conversation=conversation)
        ada.next("presence")
        cara.send("open", conversation=conversation)
        assert ada.next(lambda f: f["type"] == "presence" and f["viewers"])["viewers"][0]["name"] == "Cara"
        cara.send("typing", conversation=conversation, on=True, kind="note")
        typing = ada.next(lambda f: f["type"] == "presence" and f["viewers"] and f["viewers"][0]["typing"])
        assert typing["viewers"][0]["typing"] == "note"
        cara.close()
        ada.next(lambda f: f["type"] == "presence" and not f["viewers"])


def test_the_customer_sees_an_agent_write_a_reply_but_not_a_note(cast: Cast) -> None:
    with messenger(cast.desk) as bea, inbox(cast.desk, cast.ada) as ada:
        conversation = begin(bea)
        ada.send("open", conversation=conversation)
        ada.next("parts")
        ada.send("typing", conversation=conversation, on=True, kind="note")
        ada.send("typing", conversation=conversation, on=True, kind="message")
        assert bea.next("typing")["kind"] == "message"


def test_read_marks_reach_the_other_side(cast: Cast) -> None:
    with messenger(cast.desk) as bea, inbox(cast.desk, cast.ada) as ada:
        conversation = begin(bea)
        ada.send("open", conversation=conversation)
        ada.next("parts")
        ada.send("read", conversation=conversation, number=1)
        assert bea.next("read") == {"type": "read", "conversation": conversation, "by": "agents", "number": 1}
        write(ada, conversation, "Hello Bea")
        bea.send("read", conversation=conversation, number=2)
        assert ada.next(lambda f: f["type"] == "read" and f["by"] == "customer")["number"] >= 2
