"""The agents' socket."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

import orjson
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore

from conversations import actions, counts, frames, realtime, serializers, sessions
from conversations.consumers.admission import Rate, header, own_origin
from conversations.consumers.posting import PostingSocket
from conversations.consumers.process import process
from conversations.consumers.socket import Closing, Handler
from conversations.consumers.thread import Thread
from conversations.errors import NotFound, SlowDown
from conversations.models import Conversation
from conversations.parts import Author, NewPart, PartData, Scope
from conversations.scopes import scope_of
from conversations.text import clean_body
from people.models import Agent

MAX_THREADS = 20  # open at once in one tab


class InboxSocket(PostingSocket):
    shapes = frames.INBOX
    agent: Agent
    login: tuple[int, str]
    proof: str
    scope_now: Scope

    def __init__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        super().__init__(scope, receive, send)
        self.name = secrets.token_hex(8)
        self.threads: dict[UUID, Thread] = {}
        self._author: Author | None = None
        self._told_of: frozenset[int] = frozenset()  # conversations followed, as far as the list has them
        self._messages = Rate(settings.PARLEY_MESSAGE_RATE, 10)

    def admit(self) -> bool:
        """Cookies come with every page's request, so only our own pages may open this."""
        return own_origin(self.scope)

    async def goodbye(self) -> None:
        if self._author is None:
            return
        process().agents.pop(self, None)
        realtime.hub().detach(realtime.agent_group(self.agent.pk), self.on_own_push)
        for public_id in list(self.threads):
            self._close_thread(public_id)

    @staticmethod
    def form(part: PartData) -> dict[str, Any]:
        return part.for_agents()

    # Frames

    async def hello(self, frame: frames.AgentHello) -> None:
        if frame.protocol != frames.PROTOCOL:
            raise Closing(4400, "upgrade_required: reload the page")
        await self.thread(self._log_in)
        if self._author is None:
            self._author = serializers.agent_author(self.agent)
            await realtime.hub().attach(realtime.agent_group(self.agent.pk), self.on_own_push)
            process().agents[self] = None
            self._told_of = self.scope_now.following
        own = await self.thread(counts.for_scopes, {self.agent.pk: self.scope_now})
        who = {"id": str(self.agent.pk), "name": str(self.agent), "availability": self.agent.availability}
        limits = process().limits
        self.send("welcome", protocol=frames.PROTOCOL, agent=who, counts=own[self.agent.pk], limits=limits)

    async def open(self, frame: frames.Open) -> None:
        if len(self.threads) >= MAX_THREADS and frame.conversation not in self.threads:
            self._close_thread(next(iter(self.threads)))
        thread = self.threads.get(frame.conversation)
        if thread is None:
            conversation = await self.thread(self._visible, frame.conversation)
            thread = self.threads[frame.conversation] = Thread(self, conversation)
        await thread.join()
        try:
            _, row, caught = await self.thread(sessions.thread, self.agent, frame.conversation, frame.after)
        except NotFound:  # gone out of sight since: what was joined must not go on telling of it
            self._close_thread(frame.conversation)
            raise
        thread.moved(row)
        self.send("parts", **caught.frame(public=False), row=row)
        thread.greet()

    async def leave(self, frame: frames.Leave) -> None:
        self._close_thread(frame.conversation)

    async def message(self, frame: frames.AgentMessage) -> None:
        if wait := self._messages.take():
            raise SlowDown(int(wait) + 1)
        body = clean_body(frame.body, may_be_empty=bool(frame.attachments))
        self.post(
            NewPart(
                await self._key(frame.conversation),
                frame.kind,
                self._as_author(),
                body,
                frame.client_id,
                frame.attachments,
                mentions=frame.mentions if frame.kind == "note" else (),
                seen=frame.seen,
                then_close=frame.close and frame.kind == "message",
                scope=self.scope_now,
            )
        )

    async def sync(self, frame: frames.Sync) -> None:
        conversation = await self.thread(self._visible, frame.conversation)
        caught = await self.thread(sessions.catch_up, conversation, after=frame.after, public=False)
        self.send("parts", **caught.frame(public=False))

    async def earlier(self, frame: frames.Earlier) -> None:
        conversation = await self.thread(self._visible, frame.conversation)
        caught = await self.thread(sessions.earlier, conversation, before=frame.before, public=False)
        self.send("parts", **caught.frame(public=False))

    async def read(self, frame: frames.Read) -> None:
        conversation = await self.thread(self._visible, frame.conversation)
        await self.thread(actions.mark_read, conversation, by=self.agent, number=frame.number)

    async def typing(self, frame: frames.Typing) -> None:
        thread = self.threads.get(frame.conversation)
        if thread is None:
            raise NotFound
        thread.type(frame.kind if frame.on else None)

    async def watch(self, frame: frames.Watch) -> None:
        """Lists are fed with every change an agent may see; which one is on screen is theirs to sort."""

    handlers: ClassVar[Mapping[type, Handler]] = {
        frames.AgentHello: hello,
        frames.Open: open,
        frames.Leave: leave,
        frames.AgentMessage: message,
        frames.Sync: sync,
        frames.Earlier: earlier,
        frames.Read: read,
        frames.Typing: typing,
        frames.Watch: watch,
    }

    # Who is this, and what may they see?

    def _log_in(self) -> None:
        cookie: SimpleCookie = SimpleCookie(header(self.scope, b"cookie") or "")
        morsel = cookie.get(settings.SESSION_COOKIE_NAME)
        session = SessionStore(morsel.value if morsel else None)
        agent = get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]  # reads nothing else
        if not isinstance(agent, Agent) or not agent.is_active:
            raise Closing(4401, "sign in again")
        self.agent, self.scope_now = agent, scope_of(agent)
        self.speaks = agent.language or self.speaks
        self.login, self.proof = (agent.pk, session.session_key or ""), agent.get_session_auth_hash()

    def authorise(self, standing: tuple[Agent, Scope] | None) -> None:
        """What the sweep found this login may see now; None: it has ended."""
        if standing is None:
            self.out.close(4401, "sign in again")
            return
        self.agent, scope = standing
        gained = scope.following - self._told_of
        self.scope_now, self._told_of = scope, scope.following
        if gained:  # a note has called them: no change of the row will follow that would bring it
            process().feed.on_push(orjson.dumps({"keys": list(gained), "left": []}))
        for public_id, thread in list(self.threads.items()):
            if not thread.visible_to(scope):
                self._close_thread(public_id)
                self.send("rows", rows=[], gone=[public_id], counts=None)

    async def recheck(self) -> None:
        try:
            await self.thread(self._log_in)
        except Closing:
            self.authorise(None)
            return
        await self.thread(self._relocate)
        self.authorise((self.agent, self.scope_now))

    def _relocate(self) -> None:
        """Where the open threads stand now: a thread can leave an agent's sight by being routed."""
        keys = {thread.key: thread for thread in self.threads.values()}
        where = Conversation.objects.filter(pk__in=keys).values_list("pk", "team", "assignee")
        for key, team, assignee in where:
            keys[key].team, keys[key].assignee = team, assignee

    def on_own_push(self, payload: bytes) -> None:
        if payload[16:] == REVOKED:
            process().spawn(self.recheck())
            return
        self.on_push(payload)

    def _visible(self, public_id: UUID) -> Conversation:
        return sessions.visible(self.agent, public_id)

    async def _key(self, public_id: UUID) -> int:
        thread = self.threads.get(public_id)
        return thread.key if thread else (await self.thread(self._visible, public_id)).pk

    def _as_author(self) -> Author:
        if self._author is None:
            raise NotFound
        return self._author

    # The feed, threads and posting

    def send_rows(self, rows: list[Any], gone: list[str], own: Any) -> None:
        for row in rows:
            if thread := self.threads.get(row["id"]):
                thread.moved(row)
        self.send("rows", rows=rows, gone=gone, counts=own)
        for public_id in gone:
            self._close_thread(UUID(public_id))

    def _close_thread(self, public_id: UUID) -> None:
        if thread := self.threads.pop(public_id, None):
            thread.leave()


REVOKED = realtime.frame("revoked")


async def inbox(scope: Any, receive: Any, send: Any) -> None:
    await InboxSocket(scope, receive, send).run()
