"""Plays the plan through the desk's own verbs, in the order of time."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Sequence

from conversations import actions
from conversations.management.demo.house import House
from conversations.management.demo.plan import Plan
from conversations.management.demo.scenes import Scene, begin, say
from conversations.management.demo.stories import VERB
from conversations.management.demo.verbs import do
from conversations.models import Conversation
from people.models import Customer

_LOOKED_AT, _OPENED_BY_THEM = 0.5, 0.75  # how often a colleague has read what waits, and a customer our answer


class Play:
    def __init__(self, house: House, customers: Sequence[Customer], plan: Plan, chance: random.Random) -> None:
        self._house, self._customers, self._plan, self._chance = house, customers, plan, chance
        self._scenes: dict[int, Scene] = {}
        self._names = names(chance)
        self.steps = sorted(
            (moment.at, place, turn)
            for place, thread in enumerate(plan.threads)
            for turn, moment in enumerate(thread.moments)
        )

    def perform(self, progress: Callable[[int], None]) -> None:
        for count, (_, place, turn) in enumerate(self.steps, 1):
            thread = self._plan.threads[place]
            moment = thread.moments[turn]
            if place not in self._scenes:
                customer = self._customers[thread.person]
                self._scenes[place] = begin(self._house, customer, self._names, moment)
            (do if moment.line.kind == VERB else say)(self._scenes[place], moment)
            progress(count)

    def leave_traces(self) -> None:
        """How far everybody has read."""
        for conversation in Conversation.objects.order_by("pk"):
            if conversation.waiting_since is not None:
                self._looked_at(conversation)
            elif conversation.snippet_by == "agent" and self._chance.random() < _OPENED_BY_THEM:
                actions.mark_read_by_customer(conversation, number=conversation.last_public_number)

    def _looked_at(self, conversation: Conversation) -> None:
        if conversation.last_part_at > self._plan.fresh_since:
            return
        for agent in self._house.agents.values():
            sees = Conversation.objects.visible_to(agent).filter(pk=conversation.pk).exists()
            if sees and self._chance.random() < _LOOKED_AT:
                actions.mark_read(conversation, by=agent, number=conversation.last_number)


def names(chance: random.Random) -> Iterator[uuid.UUID]:
    """Public names, the same for the same chance."""
    while True:
        yield uuid.UUID(int=chance.getrandbits(128), version=4)
