"""The customers' socket."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from conversations import actions, frames, realtime, serializers, sessions
from conversations.actions import Outcome
from conversations.consumers.admission import Rate, Seats, Shared, client_address, header, own_origin
from conversations.consumers.posting import PostingSocket
from conversations.consumers.process import process
from conversations.consumers.socket import Closing, Handler
from conversations.errors import Busy, NotFound, SlowDown
from conversations.models import Touchpoint
from conversations.parts import Author, NewPart, PartData
from conversations.text import clean_body
from conversations.tokens import token_hash
from people.models import Customer

SOCKETS_PER_VISITOR = 20
TYPING_EVERY = 2  # seconds
LOOKS = 10  # at the database in ten seconds, for each socket that an address may have

_seats = Seats()
_messages, _looks = Shared(), Shared()


class MessengerSocket(PostingSocket):
    shapes = frames.MESSENGER
    customer: Customer | None = None
    site: Touchpoint
    hashed: str = ""

    def __init__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        super().__init__(scope, receive, send)
        self._author: Author | None = None
        self._conversations: dict[UUID, int] = {}
        self._seated: list[str] = []
        self._messages = Rate(settings.PARLEY_MESSAGE_RATE, 10)
        sockets = settings.PARLEY_SOCKETS_PER_ADDRESS
        self._looks = _looks.of(client_address(scope), LOOKS * sockets, 10)
        self._typed = Rate(1, TYPING_EVERY)
        self._types_in: UUID | None = None
        self._language = ""
        self._time_zone = ""

    def admit(self) -> bool:
        """Our own page, or no page at all (an app); the token in the first frame is what counts."""
        return header(self.scope, b"origin") is None or own_origin(self.scope)

    async def goodbye(self) -> None:
        if self.customer is not None:
            realtime.hub().detach(realtime.customer_group(self.customer.pk), self.on_push)
        process().messengers.pop(self, None)
        for key in self._seated:
            _seats.leave(key)

    @staticmethod
    def form(part: PartData) -> dict[str, Any]:
        return part.for_customers()

    # Frames

    async def hello(self, frame: frames.Hello) -> None:
        if frame.protocol != frames.PROTOCOL:
            raise Closing(4400, "upgrade_required: reload the page")
        if not self._seated:
            self._sit(frame.token)
        self._look()
        self.hashed = token_hash(frame.token)
        self._messages = _messages.of(self.hashed, settings.PARLEY_MESSAGE_RATE, 10)
        self._language, self._time_zone = frame.language, frame.time_zone
        self.site = await self.thread(sessions.touchpoint, frame.site)
        customer = await self.thread(self._recognised, frame.identity)
        process().messengers[self] = None
        await self._welcome(customer, frame.have)

    async def message(self, frame: frames.Message) -> None:
        if wait := self._messages.take():
            raise SlowDown(int(wait) + 1)
        body = clean_body(frame.body, may_be_empty=bool(frame.attachments))
        key = self._conversations.get(frame.conversation)
        if key is None:
            key = await self._conversation(frame)
        self.post(
            NewPart(
                key,
                "message",
                self._as_author(),
                body,
                frame.client_id,
                frame.attachments,
                token_hash=self.hashed,
            )
        )

    def _look(self) -> None:
        """Whoever asks without pause keeps those waiting who have something to say.

        Raises:
            SlowDown: their address has looked too often.
        """
        if wait := self._looks.take():
            raise SlowDown(int(wait) + 1)

    async def sync(self, frame: frames.Sync) -> None:
        self._look()
        conversation = await self.thread(sessions.own, self._known(), frame.conversation)
        caught = await self.thread(sessions.catch_up, conversation, after=frame.after, public=True)
        self.send("parts", **caught.frame(public=True))

    async def earlier(self, frame: frames.Earlier) -> None:
        self._look()
        conversation = await self.thread(sessions.own, self._known(), frame.conversation)
        caught = await self.thread(sessions.earlier, conversation, before=frame.before, public=True)
        self.send("parts", **caught.frame(public=True))

    async def read(self, frame: frames.Read) -> None:
        self._look()
        conversation = await self.thread(sessions.own, self._known(), frame.conversation)
        await self.thread(actions.mark_read_by_customer, conversation, number=frame.number)

    async def typing(self, frame: frames.Typing) -> None:
        key = self._conversations.get(frame.conversation)
        if key is None:
            self._look()
            key = (await self.thread(sessions.own, self._known(), frame.conversation)).pk
            self._conversations[frame.conversation] = key
        if self._typed.take() if frame.on else self._types_in != frame.conversation:
            return
        self._types_in = frame.conversation if frame.on else None
        author = self._as_author()
        who = {"kind": "customer", "id": author.public_id, "name": author.name}
        realtime.publish_to(
            realtime.thread_group(key),
            "typing",
            conversation=frame.conversation,
            author=who,
            kind="message",
            on=frame.on,
        )

    async def page(self, frame: frames.Page) -> None:
        self._look()
        if self.customer is not None:
            page = {"url": frame.url, "title": frame.title}
            await self.thread(actions.note_page, self.customer, page=page, now=timezone.now())

    async def identify(self, frame: frames.Identify) -> None:
        self._look()
        was = self.customer
        customer = await self.thread(self._recognised, frame.identity)
        if was is not None and (customer is None or customer.pk != was.pk):
            raise Closing(4401, "identity_changed")
        await self._welcome(customer, {})

    async def forget(self, frame: frames.Forget) -> None:
        await self.thread(actions.end_session, self.hashed, now=timezone.now())
        raise Closing(4401, "forgotten")

    handlers: ClassVar[Mapping[type, Handler]] = {
        frames.Hello: hello,
        frames.Message: message,
        frames.Sync: sync,
        frames.Earlier: earlier,
        frames.Read: read,
        frames.Typing: typing,
        frames.Page: page,
        frames.Identify: identify,
        frames.Forget: forget,
    }

    # Who is this?

    def _sit(self, token: str) -> None:
        """Take a seat for this visitor and this address, or be told that there is none."""
        address = client_address(self.scope)
        for key, limit in (
            (f"token {token}", SOCKETS_PER_VISITOR),
            (f"address {address}", settings.PARLEY_SOCKETS_PER_ADDRESS),
        ):
            if not _seats.take(key, limit):
                raise Closing(4429, "too_many_connections")
            self._seated.append(key)

    def _recognised(self, identity: str | None) -> Customer | None:
        now = timezone.now()
        if identity:
            return actions.identify(self.hashed, self.site, identity, now=now)
        session = sessions.messenger_session(self.hashed, self.site)
        return session.customer if session else None

    async def _welcome(self, customer: Customer | None, have: Mapping[UUID, int]) -> None:
        """Subscribe first, read history afterwards, so that nothing falls between."""
        opened = sessions.Opened((), ())
        if customer is not None:
            await self._become(customer)
            opened = await self.thread(sessions.opening, customer, have)
        known = None
        if customer is not None:
            known = {"id": customer.public_id, "name": customer.name, "verified": customer.verified}
        self.send(
            "welcome",
            protocol=frames.PROTOCOL,
            customer=known,
            conversations=opened.conversations,
            limits=process().limits,
        )
        for caught in opened.caught:
            self.send("parts", **caught.frame(public=True))

    async def _become(self, customer: Customer) -> None:
        """A socket shows one customer's conversations, whatever another tab made of its token meanwhile."""
        if self.customer is not None and self.customer.pk != customer.pk:
            raise Closing(4401, "identity_changed")
        if self.customer is None:
            await realtime.hub().attach(realtime.customer_group(customer.pk), self.on_push)
        self.customer, self._author = customer, serializers.customer_author(customer)

    def _known(self) -> Customer:
        if self.customer is None:
            raise NotFound
        return self.customer

    def _as_author(self) -> Author:
        if self._author is None:
            raise NotFound
        return self._author

    # Posting

    async def _conversation(self, frame: frames.Message) -> int:
        """The key of the conversation a message is for, begun now if that is asked for."""
        if not frame.start:
            conversation = await self.thread(sessions.own, self._known(), frame.conversation)
        else:
            begin = actions.Beginning(
                self.hashed, self.site, frame.conversation, frame.page, self._language, self._time_zone,
                client_address(self.scope),
            )  # fmt: skip
            conversation = await self.thread(actions.begin, begin, now=timezone.now())
            await self._become(conversation.customer)
        key: int = conversation.pk
        self._conversations[frame.conversation] = key
        return key

    def _posted(self, new: NewPart, outcome: Outcome) -> None:
        """Nothing was there for whom we took this browser for? Then it may be somebody else's by now, who sends this
        again after the next hello."""
        if isinstance(outcome, NotFound):
            process().spawn(self._refused(new, outcome))
        else:
            super()._posted(new, outcome)

    async def _refused(self, new: NewPart, outcome: Outcome) -> None:
        with contextlib.suppress(Busy):
            await self.check()
        super()._posted(new, outcome)

    def on_push(self, payload: bytes) -> None:
        if payload[16:] == REVOKED:
            process().spawn(self.check())
            return
        super().on_push(payload)

    async def check(self) -> None:
        """Something about this customer's session changed: end the socket if it is over."""
        session = await self.thread(sessions.messenger_session, self.hashed, self.site)
        self.stands(session.customer_id if session else None)

    def stands(self, holder: int | None) -> None:
        """Whose session this browser's is now; None: nobody's."""
        if self.customer is None or holder == self.customer.pk:
            return
        self.out.close(4401, "identity_changed" if holder else "session ended")


REVOKED = realtime.frame("revoked")


async def messenger(scope: Any, receive: Any, send: Any) -> None:
    await MessengerSocket(scope, receive, send).run()
