"""Live lists: what changed within a quarter of a second is read once for all agents of this process and
sent to each who may see it; on a quiet desk, at once. However busy the desk, an agent gets at most four frames a
second and the database four reads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from conversations import counts, realtime, serializers
from conversations.consumers.threads import in_thread
from conversations.errors import Busy
from conversations.models import Conversation
from conversations.parts import Scope
from conversations.serializers import ROW_RELATIONS, Marks

if TYPE_CHECKING:
    from conversations.consumers.inbox import InboxSocket

log = logging.getLogger(__name__)

EVERY = 0.25  # seconds
COUNTS_EVERY = 4  # rounds
MAX_SEEN = 20_000
MAX_ROWS = 300  # as many as a list holds; of more changes at once the newest are sent

Left = tuple[str, int, int | None, int | None]  # public id, key, team and assignee before


class Feed:
    def __init__(self, agents: Mapping[InboxSocket, None]) -> None:
        self._agents = agents
        self._changed: dict[int, None] = {}
        self._left: list[Left] = []
        self._seen: dict[int, int] = {}  # version of each row as last sent
        self._round = 0
        self._filled = asyncio.Event()

    def on_push(self, payload: bytes) -> None:
        news = orjson.loads(payload)
        self._changed.update(dict.fromkeys(news["keys"]))
        self._left += [tuple(each) for each in news["left"]]
        self._filled.set()

    def saw(self, conversation: int, version: int) -> None:
        """The sweep read a row's version: if it is newer than what was sent, a push was lost."""
        if self._agents and self._seen.get(conversation, 0) < version:
            self._changed[conversation] = None
            self._filled.set()

    async def run(self) -> None:
        await realtime.hub().attach(realtime.INBOX, self.on_push)
        clock, due = asyncio.get_running_loop().time, 0.0
        while True:
            await self._filled.wait()
            await asyncio.sleep(due - clock())
            due = clock() + EVERY
            self._filled.clear()
            try:
                await self._flush()
            except Exception:
                log.exception("changes were not passed on to the lists; the sweep will find what is new")

    async def _flush(self) -> None:
        if not self._agents:
            self._forget()
            return
        self._round = (self._round + 1) % COUNTS_EVERY
        counted = self._round == 0
        if not counted:
            self._filled.set()  # come again until the counts have followed
        if counted or self._changed or self._left:
            await self._pass_on(counted=counted)

    async def _pass_on(self, *, counted: bool) -> None:
        left, self._left = self._left, []
        newest, self._changed = list(self._changed)[-MAX_ROWS:], {}
        changed = [*dict.fromkeys([*(key for _, key, *_ in left), *newest])]
        scopes = {socket.scope_now.agent: socket.scope_now for socket in self._agents}
        try:
            self._send(await in_thread(_read, changed, scopes, counted=counted), left)
        except Busy:
            self._changed.update(dict.fromkeys(changed))
            self._left += left
            self._filled.set()

    def _forget(self) -> None:
        self._changed.clear()
        self._left.clear()
        self._seen.clear()

    def _send(self, news: News, left: Sequence[Left]) -> None:
        self._seen.update(news.versions)
        if len(self._seen) > MAX_SEEN:
            self._seen = dict(news.versions)
        for socket in tuple(self._agents):
            scope = socket.scope_now
            rows = news.rows.get(scope.agent, [])
            gone = [
                public_id
                for public_id, key, team, assignee in left
                if scope.covers(key, team, assignee) and not news.covers(scope, key)
            ]
            own = news.counts.get(scope.agent) if news.counts else None
            if rows or gone or own:
                socket.send_rows(rows, gone, own)


class News:
    """Rows that changed, for each agent who may see them."""

    def __init__(self, rows: dict[int, list[Any]], where: dict[int, Conversation], counts: Any) -> None:
        self.rows, self._where, self.counts = rows, where, counts
        self.versions = {key: each.last_number for key, each in where.items()}

    def covers(self, scope: Scope, key: int) -> bool:
        now = self._where.get(key)
        return now is not None and scope.covers(key, now.team_id, now.assignee_id)


def _read(keys: Sequence[int], scopes: Mapping[int, Scope], *, counted: bool) -> News:
    found = Conversation.objects.filter(pk__in=keys, last_number__gt=0)
    where = {each.pk: each for each in found.select_related(*ROW_RELATIONS).prefetch_related("tags")}
    facts = {key: serializers.row_facts(each) for key, each in where.items()}
    marks = Marks(list(where), list(scopes))
    rows = {
        agent: [
            {**facts[key], **marks.of(key, agent)}
            for key, each in where.items()
            if scope.covers(key, each.team_id, each.assignee_id)
        ]
        for agent, scope in scopes.items()
    }
    return News(rows, where, counts.for_scopes(scopes) if counted else None)
