"""What open sockets may show follows what is stored, also where no push said so."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from websockets.exceptions import ConnectionClosed

from tests.conversations.cast import Cast
from tests.conversations.wire import Frame, Wire, begin, inbox, messenger, new_token, write

pytestmark = pytest.mark.engines

KNOWN = """
import uuid
from django.utils import timezone
from conversations import actions, realtime, sessions
from conversations.models import *
from people import actions as people
from people.models import *
from tests.conversations.cast import PEOPLE
def ada(): return Agent.objects.get(email="ada@wire.example")
"""


def deaf(cast: Cast, code: str) -> None:
    """Change something whose pushes are all lost."""
    cast.shell(KNOWN + "realtime.publish = lambda pushes: None\n" + code)


def route(cast: Cast, conversation: str, team: str) -> str:
    where = f"Conversation.objects.get(public_id='{conversation}')"
    return f"actions.route({where}, to={team}, by=ada(), now=timezone.now())\n"


def signed(name: str) -> str:
    claims = {"sub": name, "aud": "test", "exp": datetime.now(UTC) + timedelta(hours=1), "name": name}
    return jwt.encode(claims, "s" * 40, "HS256", headers={"kid": "k1"})


def opened(wire: Wire, conversation: str) -> Frame:
    wire.send("open", conversation=conversation)
    return wire.next(lambda frame: frame["type"] == "error" or "row" in frame)


def ended(wire: Wire) -> tuple[int | None, str | None]:
    with pytest.raises(ConnectionClosed):
        wire.next("the end", patience=8)
    return wire.connection.close_code, wire.connection.close_reason


def test_a_note_brings_its_row_to_whom_it_calls(cast: Cast) -> None:
    with messenger(cast.desk) as bea, inbox(cast.desk, cast.ada) as ada, inbox(cast.desk, cast.cara) as cara:
        conversation = begin(bea)
        cast.shell(KNOWN + route(cast, conversation, f"Team(pk={cast.billing})"))
        cara.next(lambda frame: frame["type"] == "rows" and conversation in frame["gone"])
        cara.send("open", conversation=conversation)
        assert cara.error()["code"] == "not_found"
        key = cast.shell("from people.models import Agent; print(Agent.objects.get(email='cara@wire.example').pk)")
        write(ada, conversation, "Can you look?", kind="note", mentions=[f"agent:{key.split()[-1]}"])
        came = cara.next(lambda frame: any(row["id"] == conversation for row in frame.get("rows", ())), patience=3)
        assert came["rows"][0]["mentioned"] is True


def test_who_lost_sight_of_a_thread_hears_nothing_of_it(cast: Cast) -> None:
    with messenger(cast.desk) as bea, inbox(cast.desk, cast.cara) as cara:
        conversation = begin(bea)
        assert opened(cara, conversation)["type"] == "parts"
        deaf(cast, route(cast, conversation, f"Team(pk={cast.billing})"))
        cara.next(lambda frame: conversation in frame.get("gone", ()), patience=6)
        write(bea, conversation, "canary-sight")
        cara.send("watch", view=None)
        time.sleep(1)
        cara.hears_nothing_of("canary-sight", until="pulse")


def test_a_role_that_was_taken_opens_nothing(cast: Cast) -> None:
    sign_in = "exec(PEOPLE.partition('people = {')[0])\nprint('KEY ' + login('edna', 'manager'))"
    cookie = cast.shell(KNOWN + sign_in).partition("KEY ")[2].split()[0]
    with messenger(cast.desk) as bea, inbox(cast.desk, cookie) as edna:
        conversation = begin(bea)
        deaf(cast, route(cast, conversation, f"Team(pk={cast.billing})"))
        assert opened(edna, conversation)["type"] == "parts"
        deaf(cast, "people.set_role(Agent.objects.get(email='edna@wire.example'), Role.AGENT)")
        time.sleep(5)
        assert opened(edna, conversation).get("error", {}).get("code") == "not_found"


@pytest.mark.parametrize("lost", [False, True], ids=["told", "push lost"])
def test_other_tabs_are_told_that_they_are_somebody_else(cast: Cast, lost: bool) -> None:
    token, name = new_token(), uuid.uuid4().hex
    with messenger(cast.desk, token) as tab, messenger(cast.desk, token) as other:
        known: dict[str, Any] = {"identity": signed(name)}
        with messenger(cast.desk, **known) as phone:
            phone.next("welcome")
        begin(tab)
        other.next("welcome")
        other.send("hello", protocol=1, site="test", token=token)
        other.next("welcome")
        if lost:
            hashed = f"__import__('conversations.tokens').tokens.token_hash('{token}')"
            site = "Touchpoint.objects.get(key='test')"
            deaf(cast, f"actions.identify({hashed}, {site}, '{known['identity']}', now=timezone.now())")
        else:
            tab.send("identify", **known)
            assert ended(tab) == (4401, "identity_changed")
        assert ended(other) == (4401, "identity_changed")


def test_a_socket_never_shows_two_customers(cast: Cast) -> None:
    with messenger(cast.desk) as tab:
        begin(tab)
        with messenger(cast.desk, token := new_token()) as other:
            begin(other)
        tab.send("hello", protocol=1, site="test", token=token)
        assert ended(tab) == (4401, "identity_changed")
