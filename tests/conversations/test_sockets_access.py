"""Who reaches what through the sockets of a real desk, and for how long."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from tests.conversations.cast import PEOPLE, Cast
from tests.conversations.wire import begin, inbox, messenger, new_token, write

pytestmark = pytest.mark.engines


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
    code = PEOPLE.replace("people = {", fresh).replace('"ada": login("ada", "admin")', '"dora": login("dora", "admin")')
    cookie = json.loads(cast.shell(code).partition("PEOPLE")[2].splitlines()[0])["dora"]
    with inbox(cast.desk, cookie) as dora:
        cast.shell(revocation.format(cookie=cookie))
        assert dora.closed_with() == 4401
    with inbox(cast.desk, cookie, hello=False) as dora:
        dora.send("hello", protocol=1)
        assert dora.closed_with() == 4401
