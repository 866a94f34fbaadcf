"""Plays the plan through the desk's own verbs, in the order of time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from conversations import actions, serializers
from conversations.actions import NewConversation
from conversations.management.demo.house import House
from conversations.management.demo.plan import Plan, Thread
from conversations.management.demo.stories import AGENT, CUSTOMER, NOTE, Line
from conversations.models import Conversation, Draft, Priority
from conversations.parts import NewPart
from people.models import Customer

_AGAIN = "Hi again, is there any news about this? I already wrote earlier."
_DRAFT = "Thank you for your patience. I have just spoken to them and"
_DRAFTS, _UNREAD = 4, 9
_NOTICED = timedelta(seconds=50)  # until somebody sees that two conversations are one
_SNOOZED_FOR = (timedelta(hours=18), timedelta(days=2), timedelta(days=6), None)


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One verb at one time; `turn` keeps steps of the same second in order."""

    at: datetime
    turn: int
    act: Callable[[datetime], object] = field(compare=False)


class Play:
    def __init__(self, house: House, customers: Sequence[Customer], plan: Plan) -> None:
        self._house, self._customers, self._plan = house, customers, plan
        self._open: dict[int, Conversation] = {}  # by thread
        self._twins: dict[int, Conversation] = {}  # the same matter, asked again
        self.steps = sorted(self._all_steps())

    def perform(self, progress: Callable[[int], None]) -> None:
        for count, step in enumerate(self.steps, 1):
            step.act(step.at)
            progress(count)

    # From the plan to steps

    def _all_steps(self) -> Iterator[Step]:
        turn = 0
        for number, thread in enumerate(self._plan.threads):
            for at, act in self._of_thread(number, thread):
                turn += 1
                yield Step(at, turn, act)

    def _of_thread(self, number: int, thread: Thread) -> Iterator[tuple[datetime, Callable[[datetime], object]]]:
        start = thread.said[0].at
        yield start, lambda now: self._begin(number, thread, now)
        for said in thread.said:
            yield said.at, lambda now, line=said.line: self._say(number, thread, line, now)  # type: ignore[misc]
        if thread.story.team != "front":
            yield start, lambda now: self._route(number, thread, now)
        first = next((said.at for said in thread.said if said.line.by == AGENT), None)
        if first is not None:
            yield first, lambda now: self._sort_in(number, thread, now)
        if thread.duplicate is not None:
            yield thread.duplicate, lambda now: self._ask_again(number, thread, now)
            yield thread.duplicate + _NOTICED, lambda now: self._join(number, now)
        if thread.ends_at is not None:
            yield thread.ends_at, lambda now: self._end(number, thread, now)

    # Steps

    def _begin(self, number: int, thread: Thread, now: datetime) -> None:
        customer = self._customers[thread.person]
        new = NewConversation(uuid.uuid4(), customer, self._house.site)
        self._open[number] = actions.start(new, now=now)

    def _route(self, number: int, thread: Thread, now: datetime) -> None:
        anna, team = self._house.agents["anna"], self._house.teams[thread.story.team]
        actions.route(self._open[number], to=team, by=anna, now=now, why="topic")

    def _say(self, number: int, thread: Thread, line: Line, now: datetime) -> None:
        conversation = self._open[number]
        author = serializers.agent_author(self._house.agents[thread.agent.key])
        if line.by == CUSTOMER:
            author = serializers.customer_author(self._customers[thread.person])
        kind = "note" if line.by == NOTE else "message"
        new = NewPart(conversation.pk, kind, author, line.text, uuid.uuid4(), mentions=self._called(line))
        actions.post_one(new, now=now)

    def _called(self, line: Line) -> tuple[tuple[str, int], ...]:
        agents, teams = self._house.agents, self._house.teams
        found = [("agent", agents[key].pk) for key in line.calls if key in agents]
        return (*found, *(("team", teams[key].pk) for key in line.calls if key in teams))

    def _sort_in(self, number: int, thread: Thread, now: datetime) -> None:
        """What an agent does beside the first answer."""
        conversation, agent = self._open[number], self._house.agents[thread.agent.key]
        actions.set_topic(conversation, self._house.topics[thread.story.topic], by=agent, now=now)
        if thread.story.tags:
            actions.tag(conversation, thread.story.tags, by=agent, now=now)
        if thread.priority:
            actions.set_priority(conversation, Priority[thread.priority.upper()], by=agent, now=now)

    def _ask_again(self, number: int, thread: Thread, now: datetime) -> None:
        customer = self._customers[thread.person]
        twin = self._twins[number] = actions.start(NewConversation(uuid.uuid4(), customer, self._house.site), now=now)
        author = serializers.customer_author(customer)
        actions.post_one(NewPart(twin.pk, "message", author, _AGAIN, uuid.uuid4()), now=now)

    def _join(self, number: int, now: datetime) -> None:
        anna = self._house.agents["anna"]
        actions.merge(self._twins[number], into=self._open[number], by=anna, now=now, why="asked twice")

    def _end(self, number: int, thread: Thread, now: datetime) -> None:
        conversation, agent = self._open[number], self._house.agents[thread.agent.key]
        if thread.ending == "snoozed":
            status = "Waiting for the carrier" if thread.story.topic == "Delivery" else "Waiting for parts"
            pause = _SNOOZED_FOR[number % len(_SNOOZED_FOR)]
            until = now + pause + timedelta(days=3) if pause is not None else None
            actions.snooze(conversation, until=until, by=agent, now=now)
            actions.set_status(conversation, self._house.statuses[status], by=agent, now=now)
        else:
            actions.close(conversation, by=agent, now=now)


def leave_traces(house: House, now: datetime) -> None:
    """What agents have read, and what they have begun to write."""
    anna = house.agents["anna"]
    waiting = list(Conversation.objects.waiting().newest_first())
    for conversation in waiting[_UNREAD:]:
        actions.mark_read(conversation, by=anna, number=conversation.last_number)
    for conversation in Conversation.objects.exclude(pk__in=[each.pk for each in waiting]):
        actions.mark_read(conversation, by=anna, number=conversation.last_number)
    for conversation in waiting[2 : 2 + _DRAFTS]:
        actions.save_draft(conversation, by=anna, kind=Draft.Kind.REPLY, body=_DRAFT, version=0, now=now)
