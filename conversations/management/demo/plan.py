"""What happened at Northwind in the last eight weeks: who wrote when, what about, and how it ended."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from conversations.management.demo.cast import AGENTS, CARRIERS, AgentFacts
from conversations.management.demo.people import NAMES, Person, answering, everybody, somebody, words_for
from conversations.management.demo.stories import AGAIN, AGENT, CUSTOMER, NOTE, VERB, Line, Story, everyday, read
from conversations.management.demo.timing import duration, laid_out, moment_of_writing
from conversations.text import is_thanks

CONVERSATIONS = 300
WEEKS = 8
WAITING, ANSWERED, SNOOZED = 13, 11, 16  # recent ones that stand somewhere in the middle
SNOOZES = ("snooze 2d", "snooze 3d", "snooze", "snooze 5d")
PENDING = {"orders": "status Carrier asked", "workshop": "status Parts ordered"}  # by team
ISSUES = (("double", 22, 12, 2.0), ("missing", 22, WEEKS * 7, 1.4))  # name, how often, in how many days, how steep
FRONT_DESK = [each.key for each in AGENTS if "front" in each.teams and each.role == "agent"]
_QUIET = timedelta(minutes=70)  # what happened since then is told by stories made for it


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a story at its time; `agent` does it, unless it is the customer's."""

    at: datetime
    line: Line
    agent: str


@dataclass(slots=True)
class Thread:
    """One conversation as it is to be."""

    person: int
    story: Story
    moments: list[Moment] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many conversations it makes."""
        return 1 + sum(moment.line.kind == AGAIN or verb(moment.line) == "split" for moment in self.moments)


@dataclass(frozen=True, slots=True)
class Plan:
    now: datetime
    people: Sequence[Person]
    threads: Sequence[Thread]

    @property
    def fresh_since(self) -> datetime:
        """What came after that, nobody has looked at yet."""
        return self.now - _QUIET


def make_plan(now: datetime, seed: int) -> Plan:
    """The same for the same seed, relative to `now`."""
    return Planner(now.replace(microsecond=0), seed).plan()


def verb(line: Line) -> str:
    """The verb of a line that is one."""
    return line.text.partition(" ")[0] if line.kind == VERB else ""


class Planner:
    def __init__(self, now: datetime, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a play, not a secret
        self.now = now
        self.people = everybody(self.chance)
        self.threads: list[Thread] = []
        self._decks: dict[str, list[Story]] = {}
        self._busy: set[int] = set()  # one open conversation each, so that the list has many faces

    def plan(self) -> Plan:
        self._just_now()
        self._staged()
        self._half_way()
        for story in read("again"):
            self._over(story)
        self._issues()
        while sum(thread.rows for thread in self.threads) < CONVERSATIONS:
            self._over(self._everyday())
        return Plan(self.now, self.people, self.threads)

    # What is to be seen

    def _just_now(self) -> None:
        """Written within the last hour, and nobody has answered yet."""
        stories = read("now")
        for place, story in enumerate(stories):
            ago = timedelta(minutes=2 + 55 * (place + self.chance.random() * 0.8) / len(stories))
            thread = self._begun(story, self._busy)
            self._lay_out(thread, self.now - ago, by_day=False, sorted_in=ago > timedelta(minutes=12))
            latest = self.now - timedelta(seconds=30)
            thread.moments = [replace(each, at=min(each.at, latest)) for each in thread.moments]
            self._add(thread)

    def _staged(self) -> None:
        """Threads that show what a desk can do."""
        for story in read("long"):
            self._until(self._begun(story, self._busy), timedelta(minutes=37))
        for place, story in enumerate(read("scenes")):
            self._until(self._begun(story, self._busy), timedelta(hours=3 + 7 * place))

    def _half_way(self) -> None:
        for kind, count in ((CUSTOMER, WAITING), (AGENT, ANSWERED)):
            for place in range(count):
                thread = self._cut(kind, late=place % 2 == 0)
                self._until(thread, timedelta(hours=1.1 + 18 * (place / count) ** 2 + self.chance.random()))
        for place in range(SNOOZED):
            thread = self._cut(AGENT)
            ends = SNOOZES[place % len(SNOOZES)]
            if ends == "snooze":
                ends = PENDING.get(thread.story.team, ends)
            thread.story = thread.story.with_lines([*thread.story.lines, Line(VERB, ends)])
            self._until(thread, timedelta(hours=0.4 + 20 * self.chance.random()))

    def _issues(self) -> None:
        """Two things that go wrong again and again: the one new and growing fast, the other old and growing slowly."""
        for name, count, days, steepness in ISSUES:
            stories = [story for story in read("issues") if story.slug.startswith(name)]
            for place in range(count):
                ago = timedelta(days=0.3 + days * ((place + self.chance.random()) / count) ** steepness)
                self._over(stories[place % len(stories)], self.now - ago)

    # How a thread is made

    def _everyday(self) -> Story:
        """A story of everyday life in somebody's language, each once before any comes again."""
        language = self.people[somebody(self.chance, self.people, set())].region.language
        deck = self._decks.setdefault(language, [])
        if not deck:
            deck += everyday()[language]
            self.chance.shuffle(deck)
        return deck.pop()

    def _begun(self, story: Story, busy: Iterable[int] = ()) -> Thread:
        person = somebody(self.chance, self.people, set(busy), story)
        words = words_for(self.chance, self.people[person])
        if story.slug.startswith("missing"):
            words["carrier"] = CARRIERS[0]
        return Thread(person, story.told(self.chance, words, NAMES))

    def _cut(self, kind: str, *, late: bool = False) -> Thread:
        """Somebody's story as far as it has come."""
        while True:
            thread = self._begun(self._everyday(), self._busy)
            if stops := _stops(thread.story, kind):
                stop = stops[-1] if late else self.chance.choice(stops)
                thread.story = thread.story.with_lines(thread.story.lines[: stop + 1])
                return thread

    def _over(self, story: Story, around: datetime | None = None) -> None:
        """Something that came to its end, in working hours."""
        if verb(story.lines[-1]) != "close":
            story = story.with_lines([*story.lines, Line(VERB, "close")])
        end = around or self.now
        begin = end - (timedelta(days=1) if around else timedelta(weeks=WEEKS))
        while True:
            thread = self._begun(story)
            zone = self.people[thread.person].region.time_zone
            self._lay_out(thread, moment_of_writing(self.chance, zone, begin, end), by_day=True)
            if thread.moments[-1].at < self.now - _QUIET:
                return self._add(thread, busy=False)
            begin -= timedelta(hours=6)

    def _until(self, thread: Thread, ago: timedelta) -> None:
        """Something whose last word stands there, whatever the hour."""
        self._lay_out(thread, self.now, by_day=False)
        late = self.now - ago - thread.moments[-1].at
        thread.moments = [replace(each, at=each.at + late) for each in thread.moments]
        self._add(thread)

    def _add(self, thread: Thread, *, busy: bool = True) -> None:
        self.threads.append(thread)
        if busy:
            self._busy.add(thread.person)

    def _lay_out(self, thread: Thread, start: datetime, *, by_day: bool, sorted_in: bool = True) -> None:
        agent = answering(self.chance, thread.story)
        sorter = agent.key if agent.sees("front") else self.chance.choice(FRONT_DESK)
        lines = _sorted_in(thread.story, agent, sorter) if sorted_in else thread.story.lines
        doing = agent.key
        for at, line in laid_out(self.chance, lines, start, by_day=by_day):
            doing = (line.who or agent.key) if line.kind in (AGENT, NOTE) else doing
            thread.moments.append(Moment(at, line, line.who or doing))
            if line.kind == VERB and line.text.startswith("snooze "):
                thread.moments.append(Moment(at + duration(line.text.split()[1]), Line(VERB, "wake"), doing))
        thread.moments.sort(key=lambda moment: moment.at)
        while verb(thread.moments[-1].line) == "wake":  # what still sleeps at the end, the desk wakes when it is time
            thread.moments.pop()


def _stops(story: Story, kind: str) -> list[int]:
    """Where a story can stand still: after a line of the customer's or of ours that the other side answers."""
    places, answer = [], AGENT if kind == CUSTOMER else CUSTOMER
    for place, line in enumerate(story.lines):
        if verb(line) in {"close", "snooze", "status"}:
            break
        goes_on = any(later.kind == answer for later in story.lines[place + 1 :])
        if line.kind == kind and goes_on and not is_thanks(line.text):
            places.append(place)
    return places


def _sorted_in(story: Story, agent: AgentFacts, sorter: str) -> list[Line]:
    """With what is done before the first answer: what it is about, whose it is."""
    verbs = [f"topic {story.topic}"]
    if story.tags:
        verbs.append(f"tag {' '.join(story.tags)}")
    if story.team != "front" and story.team in agent.teams:
        verbs.append(f"route {story.team}")
    lines = story.lines
    first = next((place for place, line in enumerate(lines) if line.kind not in (CUSTOMER, AGAIN)), len(lines))
    return [*lines[:first], *(Line(VERB, text, sorter) for text in verbs), *lines[first:]]
