"""Give waiting conversations to agents who have room for them, and hand up what nobody takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from conversations import actions, ledger
from conversations.actions import Settling
from conversations.parts import SYSTEM
from conversations.rules import OPEN, Head
from triage.actions.routing_escalation import escalate_overdue
from triage.actions.routing_room import has_work, queue_of, read_room
from triage.models import Decision, Desk
from triage.policy import AgentChoice, Room, Waiting, explain, plan

__all__ = ["drain", "escalate_overdue", "frees_capacity"]

AT_ONCE = 100  # given in one transaction: nobody's claim or message waits longer than that takes
_LOCK = 0x70726C647261  # any number that nobody else uses
_FREEING = frozenset(
    {"assigned", "closed", "snoozed", "merged", "routed", "reopened", "woken", "unmerged", "split", "prioritised"}
)


def frees_capacity(part_event: str) -> bool:
    """Whether after an event of this name somebody may have room, or some conversation may need somebody."""
    return part_event in _FREEING


def drain(now: datetime) -> int:
    """Give waiting conversations of teams that assign by themselves to agents who can take them; how many.

    Any number of workers may do this at once, while agents take conversations themselves: one drain counts and gives
    at a time, under the locks of the agents who are there, so that none goes over a limit or gets work after leaving;
    and a conversation is given only if it is still without an agent under its own lock, so it never has two.
    """
    given, passed = 0, set[int]()
    while Desk.current().mode == Desk.Mode.ON and has_work():
        with transaction.atomic():
            done, refused = _give(now, passed)
        given += done
        passed |= refused
        if done < AT_ONCE and not refused:
            break
    return given


@dataclass(frozen=True, slots=True)
class _Gift:
    waiting: Waiting
    choice: AgentChoice


def _give(now: datetime, passed: Collection[int]) -> tuple[int, set[int]]:
    """How many were given, and which were not as they looked any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    room = read_room(now)
    gifts = {each.waiting.conversation: each for each in _planned(room, now, passed)}
    if not gifts:
        return 0, set()
    with ledger.hold(gifts) as book:
        still = [each for each in gifts.values() if _still_waits(book.heads.get(each.waiting.conversation), each)]
        changed = actions.settle([_settling(each) for each in still], by=SYSTEM, now=now) if still else {}
        done = [each for each in still if "assignee" in changed.get(each.waiting.conversation, ())]
        Decision.objects.bulk_create(_decision(each, now) for each in done)
    return len(done), set(gifts) - {each.waiting.conversation for each in done}


def _planned(room: Room, now: datetime, passed: Collection[int]) -> list[_Gift]:
    gifts: list[_Gift] = []
    for some in queue_of(room, passed):
        gifts += _planned_of(some, room, now, AT_ONCE - len(gifts))
        if len(gifts) >= AT_ONCE or not room.has_space():
            break
    return gifts


def _planned_of(some: Sequence[Waiting], room: Room, now: datetime, most: int) -> Iterator[_Gift]:
    for number, (waiting, agent) in enumerate(plan(some, room, now.timestamp()), 1):
        yield _Gift(waiting, explain(waiting, agent, room, now.timestamp()))
        if number >= most:
            return


def _still_waits(head: Head | None, gift: _Gift) -> bool:
    """Between the look and the lock somebody may have taken it, moved it, answered it or put it aside."""
    return (
        head is not None
        and head.merged_into_id is None
        and (head.state, head.team_id, head.assignee_id) == (OPEN, gift.waiting.team, None)
        and head.waiting_since is not None
    )


def _settling(gift: _Gift) -> Settling:
    return Settling(gift.waiting.conversation, assignee=gift.choice.agent, why={"assignee": gift.choice.code})


def _decision(gift: _Gift, now: datetime) -> Decision:
    return Decision(
        conversation_id=gift.waiting.conversation,
        kind=Decision.Kind.AGENT,
        team_id=gift.waiting.team,
        agent_id=gift.choice.agent,
        reasons=gift.choice.reasons,
        candidates=gift.choice.candidates,
        created_at=now,
    )
