"""What happened at Northwind in the last eight weeks: who wrote when, what about, and how it ended."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conversations.management.demo.cast import (
    AGENTS,
    CARRIERS,
    COMPANIES,
    PRODUCTS,
    REGIONS,
    VISITORS,
    AgentFacts,
    Region,
)
from conversations.management.demo.stories import AGENT, CUSTOMER, NOTE, Line, Story, stories

CONVERSATIONS, RECENT, DUPLICATES = 300, 42, 6
WEEKS = 8
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_RECENT_DAYS = 2.2


@dataclass(frozen=True, slots=True)
class Person:
    """A customer; without a name a visitor who did not say who they are."""

    name: str
    region: Region
    company: int | None = None  # place in COMPANIES

    @property
    def first_name(self) -> str:
        return self.name.split()[-1 if self.region.language == "ja" else 0] if self.name else ""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a story at its time."""

    line: Line
    at: datetime


@dataclass(slots=True)
class Thread:
    """One conversation as it is to be."""

    person: int
    story: Story
    agent: AgentFacts
    said: list[Said]
    ending: str = "closed"  # closed, snoozed, open
    ends_at: datetime | None = None
    duplicate: datetime | None = None  # when the customer asked the same again in another conversation
    priority: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    people: Sequence[Person]
    threads: Sequence[Thread]


def make_plan(now: datetime, seed: int) -> Plan:
    """The same for the same seed, relative to `now`."""
    chance = random.Random(seed)  # noqa: S311 - a play, not a secret
    people = _people(chance)
    threads = [_thread(chance, people, now, recent=number < RECENT) for number in range(CONVERSATIONS - DUPLICATES)]
    _ask_again(chance, threads)
    return Plan(people, threads)


def _people(chance: random.Random) -> list[Person]:
    named = [Person(name, region) for region in REGIONS for name in region.names]
    employed = chance.sample(range(len(named)), 2 * len(COMPANIES))
    for place, number in enumerate(employed):
        named[number] = Person(named[number].name, named[number].region, place % len(COMPANIES))
    english = [region for region in REGIONS if region.language == "en"]
    return named + [Person("", chance.choice(english)) for _ in range(VISITORS)]


def _thread(chance: random.Random, people: Sequence[Person], now: datetime, *, recent: bool) -> Thread:
    person = chance.randrange(len(people))
    told = _told(chance, people[person])
    agent = _agent(chance, told, people[person])
    start = _start(chance, now, recent=recent)
    said = _times(chance, told, start)
    thread = Thread(person, told, agent, said)
    if recent:
        _leave_open(chance, thread, now)
    else:
        thread.said = [each for each in said if each.at < now]
        thread.ends_at = min(now, thread.said[-1].at + timedelta(minutes=chance.randint(2, 90)))
    thread.priority = "urgent" if "urgent" in told.tags else chance.choices(["", "high", "low"], [20, 2, 1])[0]
    return thread


def _told(chance: random.Random, person: Person) -> Story:
    company = COMPANIES[person.company if person.company is not None else 0].name
    words = {
        "name": person.first_name,
        "order": f"NW-{chance.randint(20_000, 39_999)}",
        "product": chance.choice(PRODUCTS),
        "carrier": chance.choice(CARRIERS),
        "city": person.region.city,
        "day": chance.choice(_DAYS) if person.region.language == "en" else str(chance.randint(2, 28)),
        "money": f"{chance.randint(12, 140)}.{chance.choice(['00', '50', '90'])} €",
        "country": person.region.time_zone.partition("/")[2].replace("_", " "),
        "company": company,
        "agent": chance.choice(AGENTS).name.partition(" ")[0],
    }
    return chance.choice(stories(person.region.language)).told(chance, words)


def _agent(chance: random.Random, story: Story, person: Person) -> AgentFacts:
    """Somebody of the team, who speaks the customer's language if anybody does."""
    able = [agent for agent in AGENTS if story.team in agent.teams]
    fluent = [agent for agent in able if person.region.language in agent.languages]
    return chance.choice(fluent or able)


def _start(chance: random.Random, now: datetime, *, recent: bool) -> datetime:
    """Any time for the recent ones; before them by day, rarely on weekends."""
    if recent:
        return now - timedelta(days=_RECENT_DAYS * (0.004 + chance.random() ** 2))  # most of them today
    while True:
        at = now - timedelta(days=chance.uniform(_RECENT_DAYS, WEEKS * 7))
        hour = chance.triangular(6, 22, 13)
        at = at.replace(hour=int(hour), minute=chance.randrange(60), second=chance.randrange(60))
        if at.weekday() < 5 or chance.random() < 0.3:
            return at


def _times(chance: random.Random, story: Story, start: datetime) -> list[Said]:
    said, at, before = [], start, ""
    for line in story.lines:
        if before:
            at += _gap(chance, before, line.by)
        said.append(Said(line, at))
        before = line.by
    return said


def _gap(chance: random.Random, before: str, by: str) -> timedelta:
    """Seconds between two lines of one person; minutes for an answer, seldom hours."""
    if before == by:
        return timedelta(seconds=chance.randint(15, 150))
    if NOTE in (by, before):
        return timedelta(minutes=chance.randint(1, 9), seconds=chance.randrange(60))
    slow = chance.random() < (0.1 if by == AGENT else 0.18)
    minutes = chance.uniform(70, 420) if slow else chance.lognormvariate(1.6, 0.8)
    return timedelta(minutes=min(minutes, 480))


def _leave_open(chance: random.Random, thread: Thread, now: datetime) -> None:
    """Recent conversations stand somewhere in the middle: most wait for us."""
    thread.ending = chance.choices(["open", "snoozed", "closed"], [70, 16, 14])[0]
    past = [each for each in thread.said if each.at < now]
    if thread.ending == "closed":
        thread.ends_at = min(now, past[-1].at + timedelta(minutes=5))
        thread.said = past
        return
    last = CUSTOMER if thread.ending == "open" and chance.random() < 0.7 else AGENT
    stops = [place for place, each in enumerate(past) if each.line.by == last and place < len(thread.story.lines) - 1]
    thread.said = past[: chance.choice(stops) + 1] if stops else past[:1]
    if thread.ending == "snoozed":
        if thread.said[-1].line.by == CUSTOMER:
            thread.ending = "open"
        thread.ends_at = min(now, thread.said[-1].at + timedelta(minutes=2))


def _ask_again(chance: random.Random, threads: Sequence[Thread]) -> None:
    """Some customers do not wait for the answer and ask a second time, in another conversation."""
    patient = [thread for thread in threads if len(thread.said) > 2 and thread.ending == "closed"]
    for thread in chance.sample(patient, DUPLICATES):
        thread.duplicate = thread.said[0].at + (thread.said[1].at - thread.said[0].at) / 2
