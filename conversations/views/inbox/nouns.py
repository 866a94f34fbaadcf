"""What can be done with a conversation, each under a noun of its own: POST makes it so, DELETE takes it back.

Every address does one thing: it finds the conversation through the agent, calls one verb, and answers with the row as
it is then (null when the verb took it out of the agent's sight).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations import actions, serializers, sessions
from conversations.errors import BadRequest, NotFound
from conversations.models import Conversation, Priority, Status, Topic
from conversations.strict_json import MAX_SAFE_INTEGER
from conversations.views.inbox.answers import Fields, answer, in_json, viewer
from people.models import Agent, Team

PRIORITIES = {name: value for value, name in serializers.PRIORITY_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Doing:
    """What a noun's handler is given."""

    conversation: Conversation
    by: Agent
    fields: Fields
    now: datetime
    number: int  # of a part, where the address names one


Handler = Callable[[Doing], "Conversation | None"]  # a further conversation that came of it
NounView = Callable[..., HttpResponse]


def noun(**handlers: Handler) -> NounView:
    """A view with one handler for each method."""

    @in_json
    def view(request: HttpRequest, public_id: UUID, number: int = 0) -> HttpResponse:
        handler = handlers.get(request.method or "")
        if handler is None:
            return HttpResponseNotAllowed(handlers)
        agent = viewer(request)
        doing = Doing(sessions.visible(agent, public_id), agent, Fields(request), timezone.now(), number)
        other = handler(doing)
        return answer({"row": row(agent, public_id)} | ({"other": row(agent, other.public_id)} if other else {}))

    return view


def row(agent: Agent, public_id: UUID) -> dict[str, Any] | None:
    """The row as it is now, or None when it is out of the agent's sight."""
    try:
        return serializers.rows([sessions.visible(agent, public_id)], agent)[0]
    except NotFound:
        return None


def _close(doing: Doing) -> None:
    why, seen = doing.fields.text("why", ""), doing.fields.number("seen", MAX_SAFE_INTEGER)
    doing.fields.done()
    actions.close(doing.conversation, by=doing.by, now=doing.now, why=why, seen=seen)


def _reopen(doing: Doing) -> None:
    doing.fields.done()
    actions.reopen(doing.conversation, by=doing.by, now=doing.now)


def _claim(doing: Doing) -> None:
    doing.fields.done()
    actions.claim(doing.conversation, by=doing.by, now=doing.now)


def _assign(doing: Doing) -> None:
    to = _one(Agent.objects.filter(is_active=True), doing.fields.key("to"), "to")
    doing.fields.done()
    actions.assign(doing.conversation, to=to, by=doing.by, now=doing.now)


def _route(doing: Doing) -> None:
    to = _one(Team.objects.all(), doing.fields.key("to"), "to")
    doing.fields.done()
    actions.route(doing.conversation, to=to, by=doing.by, now=doing.now)


def _snooze(doing: Doing) -> None:
    until = doing.fields.time("until")
    doing.fields.done()
    actions.snooze(doing.conversation, until=until, by=doing.by, now=doing.now)


def _prioritise(doing: Doing) -> None:
    name = doing.fields.text("priority")
    doing.fields.done()
    if name not in PRIORITIES:
        raise BadRequest("unknown_value", f"A priority is one of {', '.join(PRIORITIES)}.", field="priority")
    actions.set_priority(doing.conversation, Priority(PRIORITIES[name]), by=doing.by, now=doing.now)


def _set_topic(doing: Doing) -> None:
    topic = _one(Topic.objects.all(), doing.fields.key("topic"), "topic")
    doing.fields.done()
    actions.set_topic(doing.conversation, topic, by=doing.by, now=doing.now)


def _set_status(doing: Doing) -> None:
    status = _one(Status.objects.all(), doing.fields.key("status"), "status")
    doing.fields.done()
    actions.set_status(doing.conversation, status, by=doing.by, now=doing.now)


def _tag(doing: Doing) -> None:
    names = doing.fields.texts("names")
    doing.fields.done()
    actions.tag(doing.conversation, names, by=doing.by, now=doing.now)


def _untag(doing: Doing) -> None:
    names = doing.fields.texts("names")
    doing.fields.done()
    actions.untag(doing.conversation, names, by=doing.by, now=doing.now)


def _follow(doing: Doing) -> None:
    doing.fields.done()
    actions.follow(doing.conversation, by=doing.by)


def _unfollow(doing: Doing) -> None:
    doing.fields.done()
    actions.unfollow(doing.conversation, by=doing.by)


def _merge(doing: Doing) -> Conversation:
    into = sessions.visible(doing.by, doing.fields.uuid("into"))
    doing.fields.done()
    actions.merge(doing.conversation, into=into, by=doing.by, now=doing.now)
    return into


def _unmerge(doing: Doing) -> None:
    doing.fields.done()
    actions.unmerge(doing.conversation, by=doing.by, now=doing.now)


def _split(doing: Doing) -> Conversation:
    numbers = doing.fields.numbers("numbers")
    doing.fields.done()
    return actions.split(doing.conversation, numbers=numbers, by=doing.by, now=doing.now)


def _redact(doing: Doing) -> None:
    why = doing.fields.text("why", "")
    doing.fields.done()
    part = doing.conversation.parts.filter(number=doing.number).first()
    if part is None:
        raise NotFound
    actions.redact(part, by=doing.by, now=doing.now, why=why)


def _one(rows: Any, key: int | None, field: str) -> Any:
    """The row with that key, or None for null."""
    if key is None:
        return None
    if (found := rows.filter(pk=key).first()) is None:
        raise BadRequest("unknown_value", _("That one is not here any more; choose another."), field=field)
    return found


closure = noun(POST=_close, DELETE=_reopen)
claim = noun(POST=_claim)
assignment = noun(POST=_assign)
team = noun(POST=_route)
snooze = noun(POST=_snooze, DELETE=_reopen)
priority = noun(POST=_prioritise)
topic = noun(POST=_set_topic)
status = noun(POST=_set_status)
tags = noun(POST=_tag, DELETE=_untag)
follow = noun(POST=_follow, DELETE=_unfollow)
merge = noun(POST=_merge, DELETE=_unmerge)
split = noun(POST=_split)
redaction = noun(POST=_redact)
