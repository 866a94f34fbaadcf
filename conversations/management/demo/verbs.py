"""The verbs that stories use, under the names they use."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conversations import actions
from conversations.management.demo.plan import Moment, verb
from conversations.management.demo.scenes import Scene
from conversations.management.demo.timing import duration
from conversations.models import Part, Priority

_MORNING = 8


def do(scene: Scene, moment: Moment) -> None:
    """One line that is a verb."""
    _VERBS[verb(moment.line)](scene, moment, moment.line.text.partition(" ")[2])


def _close(scene: Scene, moment: Moment, _: str) -> None:
    actions.close(scene.conversation, by=scene.agent(moment), now=moment.at)


def _snooze(scene: Scene, moment: Moment, pause: str) -> None:
    """For days means: until that morning."""
    until = moment.at + duration(pause) if pause else None
    if until is not None and pause.endswith("d"):
        until = until.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    actions.snooze(scene.conversation, until=until, by=scene.agent(moment), now=moment.at)


def _wake(_scene: Scene, moment: Moment, _: str) -> None:
    """What the desk's schedule does."""
    actions.wake_due(moment.at)


def _status(scene: Scene, moment: Moment, name: str) -> None:
    actions.set_status(scene.conversation, scene.house.statuses[name], by=scene.agent(moment), now=moment.at)


def _priority(scene: Scene, moment: Moment, name: str) -> None:
    actions.set_priority(scene.conversation, Priority[name.upper()], by=scene.agent(moment), now=moment.at)


def _topic(scene: Scene, moment: Moment, name: str) -> None:
    actions.set_topic(scene.conversation, scene.house.topics[name], by=scene.agent(moment), now=moment.at)


def _tag(scene: Scene, moment: Moment, names: str) -> None:
    actions.tag(scene.conversation, names.split(), by=scene.agent(moment), now=moment.at)


def _route(scene: Scene, moment: Moment, key: str) -> None:
    actions.route(scene.conversation, to=scene.house.teams[key], by=scene.agent(moment), now=moment.at)


def _escalate(scene: Scene, moment: Moment, why: str) -> None:
    actions.escalate(scene.conversation, by=scene.agent(moment), now=moment.at, why=why)


def _assign(scene: Scene, moment: Moment, words: str) -> None:
    key, _, why = words.partition(" ")
    to = scene.house.agents[key]
    actions.assign(scene.conversation, to=to, by=scene.agent(moment), now=moment.at, why=why)


def _claim(scene: Scene, moment: Moment, key: str) -> None:
    actions.claim(scene.conversation, by=scene.house.agents[key], now=moment.at)


def _follow(scene: Scene, _: Moment, key: str) -> None:
    actions.follow(scene.conversation, by=scene.house.agents[key])


def _redact(scene: Scene, moment: Moment, why: str) -> None:
    part = Part.objects.get(conversation=scene.conversation, number=scene.said)
    actions.redact(part, by=scene.agent(moment), now=moment.at, why=why)


def _split(scene: Scene, moment: Moment, _: str) -> None:
    name, by = next(scene.names), scene.agent(moment)
    actions.split(scene.conversation, numbers=[scene.said], by=by, now=moment.at, public_id=name)


def _merge(scene: Scene, moment: Moment, _: str) -> None:
    if scene.second is not None:
        actions.merge(scene.second, into=scene.conversation, by=scene.agent(moment), now=moment.at)


_VERBS: Mapping[str, Callable[[Scene, Moment, str], None]] = {
    "assign": _assign,
    "claim": _claim,
    "close": _close,
    "escalate": _escalate,
    "follow": _follow,
    "merge": _merge,
    "priority": _priority,
    "redact": _redact,
    "route": _route,
    "snooze": _snooze,
    "split": _split,
    "status": _status,
    "tag": _tag,
    "topic": _topic,
    "wake": _wake,
}
