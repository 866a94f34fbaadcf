"""Customers and agents in pairs, and a history of what each of them sent and saw."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.desk import Desk, Population
from bench.waiting import until
from conversations.replay.client import Client, Patience, Told
from conversations.replay.people import AgentClient, CustomerClient
from conversations.replay.timeline import Part

_BODY = "My order never arrived and nobody has answered me yet; could you please have a look? "


@dataclass(slots=True)
class Sent:
    """One message on its way: times are monotonic."""

    conversation: str
    by_customer: bool
    at: float
    acknowledged: float = 0.0
    delivered: float = 0.0
    number: int = 0  # as acknowledged, in the sender's numbering


@dataclass(eq=False)
class Pair:
    """One conversation with both its ends."""

    conversation: str
    customer: CustomerClient
    agent: AgentClient

    @property
    def clients(self) -> tuple[CustomerClient, AgentClient]:
        return self.customer, self.agent

    @property
    def is_settled(self) -> bool:
        return not any(client.outbox or client.timelines[self.conversation].is_behind for client in self.clients)


@dataclass
class History:
    """Everything that was sent, by client_id; and how new the row is that each agent's list shows of a conversation."""

    sent: dict[str, Sent] = field(default_factory=dict)
    rows: dict[tuple[int, str], int] = field(default_factory=dict)

    def on_part(self, client: Client, part: Part) -> None:
        record = self.sent.get(part["client_id"] or "")
        if record is not None and record.by_customer != isinstance(client, CustomerClient):
            record.delivered = record.delivered or time.monotonic()
        timeline = client.timelines[part["conversation"]]
        timeline.parts[part["number"]] = {"id": part["id"], "conversation": part["conversation"]}  # bodies add up

    def on_frame(self, client: Client, frame: dict[str, Any]) -> None:
        rows = frame["rows"] if frame["type"] == "rows" else [frame["row"]] if "row" in frame else []
        for row in rows:
            key = id(client), row["id"]
            self.rows[key] = max(row["version"], self.rows.get(key, 0))

    def say(self, pair: Pair, client: Client) -> None:
        """Send one message and remember what becomes of it."""
        client_id = str(uuid.uuid4())
        record = self.sent[client_id] = Sent(pair.conversation, client is pair.customer, time.monotonic())
        fields = {"kind": "message"} if client is pair.agent else {}
        answer = client.post(pair.conversation, _BODY, client_id, **fields)

        def acknowledge(done: asyncio.Future[Part]) -> None:
            if not done.cancelled() and done.exception() is None:
                record.acknowledged, record.number = time.monotonic(), done.result()["number"]

        answer.add_done_callback(acknowledge)

    def between(self, start: float, end: float) -> list[Sent]:
        return [record for record in self.sent.values() if start <= record.at < end]


@dataclass
class Crowd:
    """All pairs of a run, connected for as long as the block lasts. Every fourth pair goes through the proxy."""

    desk: Desk
    population: Population
    pairs: list[Pair]
    history: History
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    def of(cls, desk: Desk, population: Population, size: int, proxied: str | None) -> Crowd:
        history = History()
        told = Told(part=history.on_part, frame=history.on_frame)
        pairs = [_pair(desk, population, number, told, proxied) for number in range(size)]
        return cls(desk, population, pairs, history)

    @property
    def clients(self) -> Iterator[Client]:
        for pair in self.pairs:
            yield from pair.clients

    async def gather(self) -> None:
        """Connect everybody: customers start their conversations, then agents open them."""
        self.tasks = [asyncio.create_task(client.run()) for client in self.clients]
        async with asyncio.timeout(60):
            await asyncio.gather(*(pair.customer.start(pair.conversation, _BODY) for pair in self.pairs))
        for pair in self.pairs:
            pair.agent.open(pair.conversation)
        if not await until(lambda: all(client.is_up and _knows(client) for client in self.clients), 60):
            raise TimeoutError("not everybody got through to the desk")

    async def disperse(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def failed(self) -> list[BaseException]:
        """Clients that broke off: the desk contradicted itself."""
        ended = [task for task in self.tasks if task.done() and not task.cancelled()]
        return [problem for task in ended if (problem := task.exception()) is not None]

    async def talk(self, rate: float) -> None:
        """Send messages at that many a second, everybody in turn and in a new order each round, until cancelled."""
        start, count = time.monotonic(), 0
        while True:
            turns = [(pair, client) for pair in self.pairs for client in pair.clients]
            random.shuffle(turns)
            for pair, client in turns:
                await asyncio.sleep(max(0.0, start + count / rate - time.monotonic()))
                self.history.say(pair, client)
                count += 1

    async def settle(self, patience: float) -> bool:
        """Wait until nobody lacks anything, as far as they know."""
        return await until(lambda: all(pair.is_settled for pair in self.pairs), patience)


def _knows(client: Client) -> bool:
    return all(timeline.have for timeline in client.timelines.values())


def _pair(desk: Desk, population: Population, number: int, told: Told, proxied: str | None) -> Pair:
    wire = proxied if proxied is not None and number % 4 == 0 else desk.wire
    site = population.sites[number % len(population.sites)]
    cookie = population.agents[number % len(population.agents)]
    patience = Patience(longest_retry=4.0)
    page = wire.replace("ws://", "http://")  # the proxy is an address of the desk like any other
    customer = CustomerClient(wire, page, patience, told, site=site)
    agent = AgentClient(wire, page, patience, told, cookie=cookie)
    return Pair(str(uuid.uuid4()), customer, agent)
