"""Heals what pushes lost, and ends what should have ended.

Every few seconds one statement reads which conversations got parts lately, and everybody here who
follows one of them is told its last number: whoever has less asks for the rest. The same round looks
whether sessions, roles and teams of open sockets still hold.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from conversations import realtime
from conversations.consumers.threads import in_thread
from conversations.errors import Busy
from conversations.ids import uuid7_floor
from conversations.models import MessengerSession
from conversations.parts import Scope
from conversations.scopes import scopes_of
from people.models import Agent

if TYPE_CHECKING:
    from conversations.consumers.feed import Feed
    from conversations.consumers.inbox import InboxSocket
    from conversations.consumers.messenger import MessengerSocket

log = logging.getLogger(__name__)

EVERY = 4  # seconds
LOOK_BACK = timedelta(seconds=8)  # longer than a commit takes, and than clocks of two machines differ
HEARTBEAT_ROUNDS = 3

# conversation, public id, customer, last number, last public; team and assignee
Tail = tuple[int, str, int, int, int, int | None, int | None]

_TAILS = """
SELECT c.id, c.public_id::text, c.customer_id, c.last_number, c.last_public_number, c.team_id, c.assignee_id
FROM conversations_conversation c
WHERE c.id IN (SELECT conversation_id FROM conversations_part WHERE id >= %s)
"""


class Sweeper:
    def __init__(
        self, messengers: Mapping[MessengerSocket, None], agents: Mapping[InboxSocket, None], feed: Feed
    ) -> None:
        self._messengers, self._agents, self._feed = messengers, agents, feed
        self._soon = asyncio.Event()
        self._since = timezone.now()

    def hurry(self) -> None:
        """Valkey is back: pushes of other processes were lost meanwhile."""
        self._soon.set()

    async def run(self) -> None:
        beats = 0
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._soon.wait(), EVERY)
            self._soon.clear()
            if self._messengers or self._agents:
                beats += 1
                await self._round(heartbeat=beats % HEARTBEAT_ROUNDS == 0)

    async def _round(self, *, heartbeat: bool) -> None:
        if heartbeat:
            beat = realtime.frame("pulse", numbers={})
            for socket in (*self._messengers, *self._agents):
                socket.out.put(beat)
        for agent in self._agents:
            for thread in agent.threads.values():
                thread.repeat()
        now = timezone.now()
        try:
            # Back to before the last round that went well, however long ago that was.
            since = self._since - LOOK_BACK
            self._tell(await in_thread(_tails, since))
            await self._authorise()
            self._since = now
        except Busy:
            log.warning("the database is away; sockets wait")
        except Exception:
            log.exception("a round of the sweep failed")

    def _tell(self, tails: Iterable[Tail]) -> None:
        hub = realtime.hub()
        for key, public_id, customer, last, last_public, team, assignee in tails:
            self._place(UUID(public_id), team, assignee)
            for group, number in (
                (realtime.thread_group(key), last),
                (realtime.customer_group(customer), last_public),
            ):
                if hub.members(group):
                    pulse = realtime.frame("pulse", numbers={public_id: number})
                    hub.deliver(group.encode(), realtime.NO_PART + pulse)
            self._feed.saw(key, last)

    def _place(self, public_id: UUID, team: int | None, assignee: int | None) -> None:
        """Threads learn where their conversations stand, should the push that said so have been lost."""
        for socket in self._agents:
            if thread := socket.threads.get(public_id):
                thread.team, thread.assignee = team, assignee

    async def _authorise(self) -> None:
        agents = list(self._agents)
        if agents:
            standings = await in_thread(_standings, {socket.login: socket.proof for socket in agents})
            for socket in agents:
                socket.authorise(standings.get(socket.login))
        known = {each: (each.hashed, each.customer) for each in self._messengers if each.customer is not None}
        holders = await in_thread(_holders, {hashed for hashed, _ in known.values()}) if known else {}
        for messenger, was in known.items():
            if (messenger.hashed, messenger.customer) == was:
                messenger.stands(holders.get(messenger.hashed))


def _tails(since: datetime) -> list[Tail]:
    with connection.cursor() as cursor:
        cursor.execute(_TAILS, [uuid7_floor(since)])
        return list(cursor.fetchall())


Login = tuple[int, str]  # agent, key of the session
Standing = tuple[Agent, Scope]


def _standings(logins: Mapping[Login, str]) -> dict[Login, Standing]:
    """What each login may see now; a login that ended is absent. `logins` gives the password hash that
    each was made under, since a new password ends the sessions of the old one."""
    agents = Agent.objects.in_bulk({agent for agent, _ in logins})
    scopes = scopes_of(agents.values())
    live = set(
        Session.objects.filter(
            session_key__in={session for _, session in logins}, expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    return {
        login: (agents[login[0]], scopes[login[0]])
        for login, proof in logins.items()
        if login[0] in scopes and login[1] in live and agents[login[0]].get_session_auth_hash() == proof
    }


def _holders(sessions: Collection[str]) -> dict[str, int]:
    """Whose each session is; absent when it has ended."""
    live = MessengerSession.objects.filter(pk__in=sessions, revoked_at=None)
    return dict(live.values_list("pk", "customer"))
