"""Both sockets of a real desk: the contract of docs/protocol.md, and what they refuse."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from conversations.consumers.inbox import InboxSocket
from tests.conversations.wire import begin, dial, inbox, messenger, new_token, write
from tests.desk import Desk

pytestmark = pytest.mark.engines

_PEOPLE = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from conversations.models import Touchpoint
from people.models import Agent, Team
site, _ = Touchpoint.objects.get_or_create(key="test", defaults={"name": "Test shop"})
key, _ = site.keys.get_or_create(kid="k1", defaults={"secret": "s" * 40})
billing, _ = Team.objects.get_or_create(name="Test billing")
def login(name, role, *teams):
    agent = Agent.objects.filter(email=f"{name}@wire.example").first()
    agent = agent or Agent.objects.create_user(f"{name}@wire.example", None, name=name.title(), role=role)
    agent.teams.set(teams)
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(agent.pk), agent.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    return session.session_key
people = {"ada": login("ada", "admin"), "ben": login("ben", "agent", billing), "cara": login("cara", "agent")}
print("PEOPLE" + json.dumps({**people, "billing": billing.pk}))
"""


@dataclass(frozen=True)
class Cast:
    desk: Desk
    ada: str  # an admin's session
    ben: str  # of an agent in Billing
    cara: str  # of an agent in no team
    billing: int

    def shell(self, code: str) -> str:
        return self.desk.manage("shell", "-v0", "-c", code)


@pytest.fixture(scope="module")
def cast(live_desk: Desk) -> Cast:
    said = live_desk.manage("shell", "-v0", "-c", _PEOPLE)
    return Cast(live_desk, **json.loads(said.partition("PEOPLE")[2].splitlines()[0]))


# The contract


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


# Who may see what


def test_a_customer_cannot_reach_anothers_conversation(cast: Cast) -> None:
    with messenger(cast.desk) as bea, messenger(cast.desk) as mallory:
        conversation = begin(bea)
        begin(mallory)
        for kind, fields in (
            ("sync", {"after": 0}),
            ("earlier", {"before": 5}),
            ("read", {"number": 1}),
            ("typing", {"on": True}),
            ("message", {"client_id": str(uuid.uuid4()), "body": "mine"}),
            ("message", {"client_id": str(uuid.uuid4()), "body": "mine", "start": True}),
        ):
            answers = []
            for target in (conversation, str(uuid.uuid4())):
                if fields.get("start") and target != conversation:
                    continue
                mallory.send(kind, conversation=target, **fields)
                answers.append(mallory.error())
            assert {answer["code"] for answer in answers} == {"not_found"}, kind
            assert all(answer == answers[0] for answer in answers)
        bea.send("sync", conversation=conversation, after=0)
        assert [part["body"] for part in bea.next("parts")["parts"]] == ["Hello"]


def test_an_agent_outside_the_team_neither_sees_nor_reaches(cast: Cast) -> None:
    with messenger(cast.desk) as bea, inbox(cast.desk, cast.cara) as cara, inbox(cast.desk, cast.ben) as ben:
        conversation = begin(bea, "canary-team")
        cast.shell(
            f"from conversations.models import Conversation as C; from conversations import actions;"
            f"from people.models import *; from django.utils import timezone;"
            f"actions.route(C.objects.get(public_id='{conversation}'), to=Team.objects.get(pk={cast.billing}),"
            f" by=Agent.objects.get(email='ada@wire.example'), now=timezone.now())"
        )
        cara.next(lambda f: f["type"] == "rows" and conversation in f["gone"])
        for kind, fields in (
            ("open", {}),
            ("sync", {"after": 0}),
            ("earlier", {"before": 9}),
            ("read", {"number": 1}),
            ("typing", {"on": True}),
            ("message", {"client_id": str(uuid.uuid4()), "body": "x"}),
        ):
            cara.send(kind, conversation=conversation, **fields)
            assert cara.error()["code"] == "not_found", kind
        before = len(cara.seen)
        write(bea, conversation, "canary-later")
        ben.next(lambda f: f["type"] == "rows" and any(r["id"] == conversation for r in f["rows"]))
        cara.next("pulse")
        assert "canary-later" not in json.dumps(cara.seen[before:])
        ben.send("open", conversation=conversation)
        assert len(ben.next("parts")["parts"]) == 3


@pytest.mark.parametrize("token", ["", "0", "x" * 42, "x" * 44, "é" * 43, "a b" + "x" * 40])
def test_a_token_is_exactly_a_token(cast: Cast, token: str) -> None:
    with messenger(cast.desk, token or " ") as wire:
        assert wire.error()["code"] == "invalid_token"


def test_an_invented_token_reaches_nothing(cast: Cast) -> None:
    with messenger(cast.desk) as wire:
        assert wire.next("welcome")["customer"] is None


def test_an_unknown_site_is_not_found(cast: Cast) -> None:
    with messenger(cast.desk, site="nowhere") as wire:
        assert wire.error()["code"] == "not_found"


def signed(**changes: Any) -> str:
    claims = {"sub": "u-1", "name": "Bea", "aud": "test", "exp": datetime.now(UTC) + timedelta(hours=1)}
    header = {"kid": changes.pop("kid", "k1")}
    key = changes.pop("key", "s" * 40)
    algorithm = changes.pop("algorithm", "HS256")
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers=header)


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "t" * 40},
        {"kid": "k9"},
        {"kid": "../../k1"},
        {"aud": "another"},
        {"exp": None},
        {"exp": datetime.now(UTC) - timedelta(hours=1)},
        {"exp": datetime.now(UTC) + timedelta(days=3)},
        {"nbf": datetime.now(UTC) + timedelta(hours=2)},
        {"sub": None},
        {"sub": ""},
        {"algorithm": "none", "key": None},
        {"algorithm": "HS512", "key": "s" * 64},
    ],
    ids="-".join,
)
def test_a_bad_identity_proves_nothing(cast: Cast, changes: dict[str, Any]) -> None:
    with messenger(cast.desk, identity=signed(**changes)) as wire:
        assert wire.error()["code"] == "identity_token_invalid"


def test_a_signed_identity_is_the_same_customer_everywhere(cast: Cast) -> None:
    sub = f"u-{uuid.uuid4()}"
    with messenger(cast.desk, identity=signed(sub=sub)) as here:
        conversation = begin(here, "from here")
        known = here.seen[0]["customer"]
        assert known["verified"]
        assert known["name"] == "Bea"
    with messenger(cast.desk, identity=signed(sub=sub)) as there:
        welcome = there.next("welcome")
        assert [each["id"] for each in welcome["conversations"]] == [conversation]


def test_becoming_somebody_else_ends_the_socket(cast: Cast) -> None:
    with messenger(cast.desk, identity=signed(sub=f"u-{uuid.uuid4()}")) as wire:
        wire.next("welcome")
        wire.send("identify", identity=signed(sub=f"u-{uuid.uuid4()}"))
        assert wire.closed_with() == 4401


def test_after_forget_the_token_reaches_nothing(cast: Cast) -> None:
    token = new_token()
    with messenger(cast.desk, token) as wire:
        begin(wire)
        wire.send("forget")
        assert wire.closed_with() == 4401
    with messenger(cast.desk, token) as wire:
        welcome = wire.next("welcome")
        assert (welcome["customer"], welcome["conversations"]) == (None, [])


@pytest.mark.parametrize(
    "revocation",
    [
        "from django.contrib.sessions.models import Session; Session.objects.filter(pk='{cookie}').delete()",
        (
            "from people.models import Agent; a = Agent.objects.get(email='dora@wire.example');"
            "a.set_password('another-password-1'); a.save()"
        ),
        "from people.models import Agent; Agent.objects.filter(email='dora@wire.example').update(is_active=False)",
    ],
    ids=["signed out", "password changed", "deactivated"],
)
def test_revocation_reaches_open_sockets(cast: Cast, revocation: str) -> None:
    fresh = "Agent.objects.filter(email='dora@wire.example').delete()\npeople = {"
    code = _PEOPLE.replace("people = {", fresh).replace(
        '"ada": login("ada", "admin")', '"dora": login("dora", "admin")'
    )
    cookie = json.loads(cast.shell(code).partition("PEOPLE")[2].splitlines()[0])["dora"]
    with inbox(cast.desk, cookie) as dora:
        cast.shell(revocation.format(cookie=cookie))
        assert dora.closed_with() == 4401
    with inbox(cast.desk, cookie, hello=False) as dora:
        dora.send("hello", protocol=1)
        assert dora.closed_with() == 4401


# Refusals


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
