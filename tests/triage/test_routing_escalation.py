"""What nobody takes in its team."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conversations import actions
from conversations.actions.states import wake_due
from people.models import Role
from tests.conversations.desk import NOON, agent, events, named, team
from tests.triage.routing import asking, giving_team, last_decision, owner, turn_on
from triage.actions.routing import escalate_overdue
from triage.models import Decision, Desk, TeamRouting

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def desk() -> Desk:
    return turn_on()


def test_what_nobody_takes_goes_up_with_its_reason() -> None:
    front, experts = giving_team("Front", escalates_after=30, assigns=False), team("Experts", tier=2)
    where = asking(front)
    assert escalate_overdue(NOON + 29 * MINUTE) == 0
    assert escalate_overdue(NOON + 30 * MINUTE) == 1
    where.refresh_from_db()
    assert where.team == experts
    facts = {"to": named(experts), "was": named(front), "escalated": True, "why": "nobody_took_it"}
    assert events(where)[-1] == ("routed", facts)
    decision = last_decision()
    assert (decision.kind, decision.team, decision.agent) == ("escalated", experts, None)
    origin = {"id": front.pk, "name": "Front"}
    reason = {"code": "nobody_took_it", "waited_seconds": 1800, "limit_seconds": 1800, "from": origin}
    assert decision.reasons == [reason]


def test_each_team_has_its_own_time() -> None:
    front, second = giving_team(tier=1, escalates_after=30), giving_team(tier=2, escalates_after=30)
    third = team(tier=3)
    where = asking(front)
    escalate_overdue(NOON + 31 * MINUTE)
    assert escalate_overdue(NOON + 60 * MINUTE) == 0
    where.refresh_from_db()
    assert where.team == second
    assert escalate_overdue(NOON + 61 * MINUTE) == 1
    where.refresh_from_db()
    assert where.team == third
    assert TeamRouting.objects.filter(team=third).count() == 0


def test_nothing_goes_up_that_somebody_has_or_that_has_nowhere_to_go() -> None:
    front, top = giving_team(escalates_after=1), giving_team(tier=3, escalates_after=1)
    ada = agent("Ada", teams=(front,))
    taken, high, answered = asking(front), asking(top), asking(front)
    actions.claim(taken, by=ada, now=NOON)
    actions.snooze(answered, until=None, by=ada, now=NOON)
    assert escalate_overdue(NOON + timedelta(hours=1)) == 0
    assert (owner(taken), high.team) == (ada, top)


def test_the_time_somebody_had_it_or_put_it_aside_does_not_count() -> None:
    """Else a conversation that is given back after an hour goes up at once, because nobody took it."""
    front, ada = giving_team(escalates_after=30, assigns=False), agent("Ada", role=Role.ADMIN)
    experts = team("Experts", tier=2)
    given_back, woken = asking(front), asking(front)
    actions.claim(given_back, by=ada, now=NOON)
    actions.assign(given_back, to=None, by=ada, now=NOON + 60 * MINUTE)
    actions.snooze(woken, until=NOON + 60 * MINUTE, by=ada, now=NOON)
    wake_due(NOON + 60 * MINUTE)
    assert escalate_overdue(NOON + 89 * MINUTE) == 0
    assert escalate_overdue(NOON + 90 * MINUTE) == 2
    given_back.refresh_from_db()
    assert given_back.team == experts
    assert {each.reasons[0]["waited_seconds"] for each in Decision.objects.all()} == {1800}
