"""A conversation on stage, and what is said in it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from conversations import actions, serializers
from conversations.actions import NewConversation
from conversations.management.demo.house import House
from conversations.management.demo.plan import Moment
from conversations.management.demo.stories import AGAIN, AGENT, CUSTOMER, DRAFT, NOTE
from conversations.models import Conversation, Draft
from conversations.parts import Author, NewPart
from people.models import Agent, Customer


@dataclass(slots=True)
class Scene:
    house: House
    customer: Customer
    names: Iterator[uuid.UUID]  # for new conversations
    conversation: Conversation
    second: Conversation | None = None  # the same matter, asked again
    said: int = 0  # number of the last message

    def agent(self, moment: Moment) -> Agent:
        return self.house.agents[moment.agent]


def begin(house: House, customer: Customer, names: Iterator[uuid.UUID], moment: Moment) -> Scene:
    """The stage for a thread, before its first line."""
    return Scene(house, customer, names, _start(house, customer, next(names), moment))


def say(scene: Scene, moment: Moment) -> None:
    """One line that is no verb."""
    _LINES[moment.line.kind](scene, moment)


def _start(house: House, customer: Customer, name: uuid.UUID, moment: Moment) -> Conversation:
    return actions.start(NewConversation(name, customer, house.site), now=moment.at)


def _ask(scene: Scene, moment: Moment) -> None:
    _post(scene, moment, scene.conversation, serializers.customer_author(scene.customer))


def _ask_again(scene: Scene, moment: Moment) -> None:
    scene.second = _start(scene.house, scene.customer, next(scene.names), moment)
    _post(scene, moment, scene.second, serializers.customer_author(scene.customer))


def _answer(scene: Scene, moment: Moment) -> None:
    _post(scene, moment, scene.conversation, serializers.agent_author(scene.agent(moment)))


def _note(scene: Scene, moment: Moment) -> None:
    mentions = tuple(scene.house.called(key) for key in moment.line.calls)
    author = serializers.agent_author(scene.agent(moment))
    note = NewPart(scene.conversation.pk, "note", author, moment.line.text, mentions=mentions)
    actions.post_one(note, now=moment.at)


def _post(scene: Scene, moment: Moment, where: Conversation, author: Author) -> None:
    posted = actions.post_one(NewPart(where.pk, "message", author, moment.line.text), now=moment.at)
    scene.said = posted.part.number


def _draft(scene: Scene, moment: Moment) -> None:
    actions.save_draft(
        scene.conversation,
        by=scene.agent(moment),
        kind=Draft.Kind.REPLY,
        body=moment.line.text,
        version=0,
        now=moment.at,
    )


_LINES: Mapping[str, Callable[[Scene, Moment], None]] = {
    CUSTOMER: _ask,
    AGAIN: _ask_again,
    AGENT: _answer,
    NOTE: _note,
    DRAFT: _draft,
}
