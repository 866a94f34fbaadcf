"""What nobody took in its team goes up a tier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from conversations import actions, ledger
from conversations.actions import NoHigherTeam
from conversations.models import Conversation, Kind, Part
from conversations.parts import SYSTEM
from conversations.rules import OPEN, Head
from people.models import Team
from triage.models import Decision, Desk, TeamRouting

WHY = "nobody_took_it"
_TURNS = ("routed", "assigned", "woken")


def escalate_overdue(now: datetime) -> int:
    """Hand up what has been in its team, waiting and without an agent, for longer than the team allows; how many.

    A team without one above it keeps what it has.
    """
    if Desk.current().mode != Desk.Mode.ON:
        return 0
    return sum(_escalate(key, since, rule, now) for rule in _rules() for key, since in _overdue(rule, now))


def _rules() -> QuerySet[TeamRouting]:
    higher = Team.objects.filter(tier__gt=OuterRef("team__tier"))
    return TeamRouting.objects.filter(Exists(higher), escalates_after__isnull=False).select_related("team")


def _overdue(rule: TeamRouting, now: datetime) -> Iterator[tuple[int, datetime]]:
    """Keys, and since when each stands in the team for anybody to take. How long it stood in another one, somebody had
    it, or it was put aside does not count."""
    turns = Part.objects.filter(conversation=OuterRef("pk"), kind=Kind.EVENT, event__in=_TURNS)
    came = turns.order_by("-number")
    standing = Greatest(F("waiting_since"), Coalesce(Subquery(came.values("created_at")[:1]), F("waiting_since")))
    limit = now - _allowed(rule)
    waiting = Conversation.objects.waiting().unassigned().filter(team=rule.team, merged_into=None)
    found = waiting.annotate(standing=standing).filter(standing__lte=limit).order_by("standing", "pk")
    yield from found.values_list("pk", "standing")


def _allowed(rule: TeamRouting) -> timedelta:
    return timedelta(minutes=rule.escalates_after or 0)


def _escalate(key: int, since: datetime, rule: TeamRouting, now: datetime) -> bool:
    """Whether it went up: not if somebody took it, moved it or answered it in the meantime."""
    with ledger.hold([key]) as book:
        if not _is_still_there(book.heads.get(key), rule):
            return False
        conversation = Conversation.objects.get(pk=key)
        try:
            actions.escalate(conversation, by=SYSTEM, now=now, why=WHY)
        except NoHigherTeam:  # it went away just now
            return False
        _keep(conversation, since, rule, now)
    return True


def _is_still_there(head: Head | None, rule: TeamRouting) -> bool:
    return (
        head is not None
        and (head.state, head.team_id, head.assignee_id) == (OPEN, rule.pk, None)
        and head.waiting_since is not None
    )


def _keep(conversation: Conversation, since: datetime, rule: TeamRouting, now: datetime) -> None:
    reason = {
        "code": WHY,
        "waited_seconds": int((now - since).total_seconds()),
        "limit_seconds": int(_allowed(rule).total_seconds()),
        "from": {"id": rule.pk, "name": str(rule.team)},
    }
    Decision.objects.create(
        conversation=conversation,
        kind=Decision.Kind.ESCALATED,
        team_id=conversation.team_id,
        reasons=[reason],
        created_at=now,
    )
