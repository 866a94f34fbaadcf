"""Plays dialogues against a running desk: a customer for each, and an agent beside them."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from conversations.replay.client import Client
from conversations.replay.dialogues import CUSTOMER, Dialogue, Turn
from conversations.replay.people import AgentClient, CustomerClient
from conversations.replay.timeline import Part

READS, WRITES = 20.0, 4.0  # characters a second
_LONGEST_PAUSE = 60.0
_PATIENCE = 120.0  # for one message to arrive at the other side, through whatever trouble


@dataclass(frozen=True, slots=True)
class Stage:
    """Where and how to play."""

    url: str
    site: str
    cookies: Sequence[str]  # of agents who may see everything there
    speed: float  # how many times faster than people read and write
    at_once: int


@dataclass(slots=True)
class Played:
    """One dialogue as it went."""

    dialogue: Dialogue
    conversation: str
    customer_saw: list[Part] = field(default_factory=list)
    agent_saw: list[Part] = field(default_factory=list)
    problem: str = ""


Progress = Callable[[int, int], None]  # dialogues finished, messages sent


class Player:
    def __init__(self, stage: Stage, progress: Progress) -> None:
        self._stage, self._progress = stage, progress
        self._wire = stage.url.replace("http", "ws", 1).rstrip("/")
        self._addresses = _addresses(stage.url)
        self._finished = self._messages = 0

    async def play(self, dialogues: Iterable[Dialogue]) -> list[Played]:
        """Play them all, several at once; each seat has an agent who takes one dialogue after the other."""
        waiting = iter(dialogues)
        played: list[Played] = []
        await asyncio.gather(*(self._seat(number, waiting, played) for number in range(self._stage.at_once)))
        return played

    async def _seat(self, number: int, waiting: Iterator[Dialogue], played: list[Played]) -> None:
        cookies = self._stage.cookies
        agent = AgentClient(self._wire, self._stage.url, cookie=cookies[number % len(cookies)])
        running = asyncio.create_task(agent.run())
        try:
            for dialogue in waiting:
                played.append(await self._dialogue(dialogue, agent))
                self._finished += 1
                self._progress(self._finished, self._messages)
        finally:
            running.cancel()

    async def _dialogue(self, dialogue: Dialogue, agent: AgentClient) -> Played:
        customer = CustomerClient(self._wire, self._stage.url, site=self._stage.site, address=next(self._addresses))
        running = asyncio.create_task(customer.run())
        result = Played(dialogue, str(uuid.uuid4()))
        try:
            await self._talk(result, customer, agent)
        except Exception as problem:  # noqa: BLE001 - one dialogue must not stop the others; the verdict tells of it
            result.problem = f"{type(problem).__name__}: {problem}"
        finally:
            running.cancel()
            result.customer_saw = _seen(customer, result.conversation)
            result.agent_saw = _seen(agent, result.conversation)
            agent.leave(result.conversation)
        return result

    async def _talk(self, result: Played, customer: CustomerClient, agent: AgentClient) -> None:
        conversation, before = result.conversation, ""
        for number, turn in enumerate(result.dialogue.turns):
            await asyncio.sleep(self._pause(before, turn))
            before = turn.text
            async with asyncio.timeout(_PATIENCE):
                await _say(turn, number, conversation, customer, agent)
                if number == 0:
                    agent.open(conversation)
                await _heard(number + 1, conversation, customer, agent)
            self._messages += 1
            self._progress(self._finished, self._messages)

    def _pause(self, before: str, turn: Turn) -> float:
        """As long as a person takes to read what was said and to write the answer."""
        return min(_LONGEST_PAUSE, len(before) / READS + len(turn.text) / WRITES) / self._stage.speed


async def _say(turn: Turn, number: int, conversation: str, customer: CustomerClient, agent: AgentClient) -> None:
    if number == 0:
        await customer.start(conversation, turn.text)
    elif turn.author == CUSTOMER:
        await customer.post(conversation, turn.text)
    else:
        await agent.reply(conversation, turn.text)


async def _heard(count: int, conversation: str, *clients: Client) -> None:
    """Until both ends hold that many messages."""
    while any(len(_messages(_seen(client, conversation))) < count for client in clients):  # noqa: ASYNC110 - simple
        await asyncio.sleep(0.01)


def _seen(client: Client, conversation: str) -> list[Part]:
    timeline = client.timelines.get(conversation)
    return timeline.in_order() if timeline is not None else []


def _messages(parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if part["kind"] == "message"]


def _addresses(url: str) -> Iterator[str | None]:
    """A network address of their own for each customer, as they have in life: the desk counts by address. On this
    machine every 127.x.y.z will do; from elsewhere there is only one."""
    host = urlsplit(url).hostname or ""
    first = IPv4Address("127.1.0.1") + random.Random(time.time_ns()).randrange(1 << 22)  # noqa: S311 - no secret
    for number in range(1 << 22):
        yield str(first + number) if host in ("127.0.0.1", "localhost") else None
