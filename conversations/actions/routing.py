"""Who answers: a team, and how it goes up to a higher tier."""

from __future__ import annotations

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations.actions.holding import By, Held, fact, held, row_of
from conversations.errors import Refusal
from conversations.models import Conversation
from people.models import Team


class NoHigherTeam(Refusal):
    """There is nowhere to escalate to."""

    code = "no_higher_team"
    status = 409

    def __init__(self, tier: int) -> None:
        message = _("No team stands above tier {tier}. Assign it to somebody, or ask an admin for such a team.")
        super().__init__(format_lazy(message, tier=tier))


def route(conversation: Conversation, *, to: Team | None, by: By, now: datetime, why: str = "") -> None:
    """Move a conversation to a team, or out of its team. Who it is assigned to stays: the two are independent."""
    with held(conversation, by=by, now=now) as it:
        it.refuse_merged()
        _move(it, to, why)


def escalate(conversation: Conversation, *, by: By, now: datetime, why: str = "") -> None:
    """Hand a conversation to a team of the next tier, which decides by itself who takes it.

    Raises:
        NoHigherTeam: there is none.
    """
    with held(conversation, by=by, now=now) as it:
        it.refuse_merged()
        team = row_of(Team, it.head.team_id)
        higher = _above(team)
        if it.head.assignee_id is not None:
            it.head.assignee_id = None
            it.event("assigned", why="escalated", to=None)
        _move(it, higher, why, escalated=True)


def _move(it: Held, to: Team | None, why: str, **data: bool) -> None:
    if it.head.team_id == (to.pk if to else None):
        return
    before = row_of(Team, it.head.team_id)
    it.head.team_id = to.pk if to else None
    it.event("routed", why=why, to=fact(to), was=fact(before), **data)


def _above(team: Team | None) -> Team:
    """The team one step up: of the nearest higher tier, the one with the same specialty if there is one."""
    tier = team.tier if team else Team.Tier.FRONT_LINE
    higher = list(Team.objects.filter(tier__gt=tier).order_by("tier", "name"))
    if not higher:
        raise NoHigherTeam(tier)
    nearest = [each for each in higher if each.tier == higher[0].tier]
    same = [each for each in nearest if team and team.specialty and each.specialty == team.specialty]
    return (same or nearest)[0]
