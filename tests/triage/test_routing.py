"""Who gets what, on a real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from conversations import actions
from conversations.models import Priority
from people.actions import set_availability, set_limits, set_teams
from people.models import Agent, Availability, Role
from tests.conversations.desk import NOON, agent, conversation, customer, events, named, says, team
from tests.triage.routing import asking, giving_team, last_decision, owner, present, turn_on
from triage.actions.routing import drain, escalate_overdue, frees_capacity
from triage.models import Decision, Desk, Verdict

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def desk() -> Desk:
    return turn_on()


def codes(facts: list[dict[str, Any]]) -> dict[str, str]:
    return {each["name"]: each["code"] for each in facts}


def test_work_goes_to_whoever_has_the_fewest_open() -> None:
    front = giving_team()
    ada, bo = present("Ada", front), present("Bo", front)
    asking(front, assignee=ada)
    where = asking(front)
    assert drain(NOON + 4 * MINUTE) == 1
    assert owner(where) == bo
    assert events(where)[-1] == ("assigned", {"to": named(bo), "was": None, "why": "fewest_open"})
    decision = last_decision()
    assert (decision.kind, decision.conversation, decision.team, decision.agent) == ("agent", where, front, bo)
    assert decision.reasons[0] == {"code": "fewest_open", "open": 0, "capacity": 8}
    ada_facts = {"id": ada.pk, "name": "Ada", "open": 1, "capacity": 8, "given": 0, "idle_seconds": 240}
    assert decision.candidates[1] == {**ada_facts, "code": "busier"}


def test_of_those_with_as_few_the_longest_idle_gets_it() -> None:
    front = giving_team()
    present("Ada", front, since=NOON - MINUTE)
    bo = present("Bo", front, since=NOON - 9 * MINUTE)
    where = asking(front)
    drain(NOON)
    assert owner(where) == bo
    assert last_decision().reasons[0] == {"code": "longest_idle", "idle_seconds": 540, "open": 0}


def test_everybody_gets_one_before_anybody_gets_two_and_who_closes_fast_is_not_punished() -> None:
    front = giving_team()
    ada, bo = present("Ada", front, since=NOON - MINUTE), present("Bo", front)
    first = asking(front)
    drain(NOON)
    actions.close(first, by=ada, now=NOON + MINUTE)
    second = asking(front)
    drain(NOON + 30 * MINUTE)
    assert (owner(first), owner(second)) == (ada, bo)


def test_why_the_others_did_not_get_it() -> None:
    front = giving_team(limit=2)
    ada = present("Ada", front, languages=["sv"])
    present("Cy", front, availability=Availability.AWAY)
    present("Di", front, languages=["en"])
    full, busy = present("Bo", front, capacity=1), present("Ed", front)
    gone = present("Flo", front)
    Agent.objects.filter(pk=gone.pk).update(is_active=False)
    asking(front, assignee=full)
    for _ in range(2):
        asking(front, assignee=busy)
    where = asking(front, whose=customer(language="sv-SE"))
    drain(NOON)
    assert owner(where) == ada
    decision = last_decision()
    assert codes(decision.candidates) == {
        "Ada": "chosen", "Bo": "at_limit", "Cy": "away", "Di": "other_language", "Ed": "at_team_limit",
    }  # fmt: skip
    assert {"code": "speaks", "language": "sv-SE"} in decision.reasons


@pytest.mark.parametrize("facts", [{"availability": "away"}, {"availability": "offline"}, {"is_active": False}])
def test_nothing_goes_to_somebody_who_is_not_there(facts: dict[str, Any]) -> None:
    front = giving_team()
    present("Ada", front, **facts)
    where = asking(front)
    assert drain(NOON) == 0
    assert owner(where) is None


def test_nothing_goes_over_a_limit_of_the_agent_or_of_the_team() -> None:
    front, back = giving_team(limit=2), giving_team()
    ada = present("Ada", front, back, capacity=3)
    for _ in range(3):
        asking(front)
    assert drain(NOON) == 2
    for _ in range(3):
        asking(back)
    assert drain(NOON) == 1
    assert ada.conversations.count() == 3


def test_what_is_snoozed_or_closed_is_no_load() -> None:
    front = giving_team()
    ada = present("Ada", front, capacity=1)
    first, second, third = asking(front), asking(front), asking(front)
    drain(NOON)
    assert (owner(first), owner(second)) == (ada, None)
    actions.snooze(first, until=None, by=ada, now=NOON)
    assert drain(NOON) == 1
    assert owner(second) == ada
    actions.close(second, by=ada, now=NOON)
    drain(NOON)
    assert owner(third) == ada


def test_the_most_urgent_then_the_longest_waiting_come_first() -> None:
    front = giving_team()
    old, older = asking(front), asking(front, at=NOON - MINUTE)
    urgent = asking(front, at=NOON + MINUTE, priority=Priority.URGENT)
    low = asking(front, at=NOON - timedelta(hours=1), priority=Priority.LOW)
    ada = present("Ada", front, capacity=0)
    order = []
    for capacity in (1, 2, 3, 4):
        Agent.objects.filter(pk=ada.pk).update(capacity=capacity)
        drain(NOON + 2 * MINUTE)
        order.append(last_decision().conversation)
    assert order == [urgent, older, old, low]


def test_what_has_waited_for_days_goes_before_what_is_urgent() -> None:
    front = giving_team()
    low = asking(front, at=NOON - timedelta(hours=73), priority=Priority.LOW)
    urgent = asking(front, priority=Priority.URGENT)
    present("Ada", front, capacity=1)
    drain(NOON)
    assert (owner(low) is not None, owner(urgent)) == (True, None)


def test_a_language_is_waited_for_and_then_given_up() -> None:
    front = giving_team(patience=10)
    di, ada = present("Di", front, languages=["en"]), present("Ada", front, languages=["sv"], availability="away")
    where = asking(front, whose=customer(language="sv"))
    assert drain(NOON + 9 * MINUTE) == 0
    assert drain(NOON + 10 * MINUTE) == 1
    assert owner(where) == di
    facts = {"language": "sv", "waited_seconds": 600, "patience_seconds": 600}
    assert {"code": "patience_over", **facts} in last_decision().reasons
    again = asking(front, whose=customer(language="sv"))
    set_availability(ada, Availability.ONLINE, now=NOON)
    drain(NOON)
    assert owner(again) == ada


def test_nobody_waits_for_a_language_that_nobody_speaks() -> None:
    front = giving_team(patience=10)
    di = present("Di", front, languages=["en"])
    where = asking(front, whose=customer(language="fi"))
    drain(NOON)
    assert owner(where) == di
    assert {"code": "nobody_speaks", "language": "fi"} in last_decision().reasons


@pytest.mark.parametrize(("probability", "name"), [(0.9, "Sven"), (0.3, "Di")])
def test_the_language_they_write_in_counts_when_it_is_sure(probability: float, name: str) -> None:
    front = giving_team()
    present("Di", front, languages=["en"]), present("Sven", front, languages=["sv"])
    where = asking(front, whose=customer(language="en"))
    Verdict.objects.create(
        conversation=where, number=1, language="sv", language_probability=probability, created_at=NOON
    )
    drain(NOON)
    assert str(owner(where)) == name


def test_who_gave_it_back_is_asked_last() -> None:
    front = giving_team(patience=10)
    ada, bo = present("Ada", front, since=NOON - MINUTE), present("Bo", front, capacity=0)
    where = asking(front)
    drain(NOON)
    actions.assign(where, to=None, by=ada, now=NOON)
    assert drain(NOON + 9 * MINUTE) == 0
    Agent.objects.filter(pk=bo.pk).update(capacity=1)
    drain(NOON + 9 * MINUTE)
    assert owner(where) == bo


@pytest.mark.parametrize("mode", [Desk.Mode.OFF, Desk.Mode.SHADOW])
def test_a_desk_that_only_watches_gives_nothing(mode: Desk.Mode, desk: Desk) -> None:
    front, _ = giving_team(escalates_after=1), team(tier=2)
    present("Ada", front)
    where = asking(front)
    Desk.objects.update(mode=mode)
    assert (drain(NOON), escalate_overdue(NOON + timedelta(hours=1))) == (0, 0)
    assert owner(where) is None


def test_what_is_not_the_teams_to_give_is_left_alone() -> None:
    front, asks = giving_team(), giving_team(assigns=False)
    ada = present("Ada", front, asks)
    left, done, silent, goal = asking(asks), asking(front), conversation(team=front), asking(asks)
    merged = asking(front, whose=goal.customer)
    actions.close(done, by=ada, now=NOON)
    actions.merge(merged, into=goal, by=agent(role=Role.ADMIN), now=NOON)
    assert drain(NOON) == 0
    assert [owner(each) for each in (left, done, silent, goal, merged)] == [None] * 5


def test_a_great_heap_is_given_out_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.actions.routing.AT_ONCE", 2)
    monkeypatch.setattr("triage.actions.routing_room._SOME", 3)
    front, english = giving_team(), giving_team()
    present("Ada", front, english, languages=["en"], capacity=20)
    present("Sven", english, languages=["sv"], availability="away")
    for _ in range(4):
        asking(english, whose=customer(language="sv"))
    for _ in range(5):
        asking(front, at=NOON + MINUTE)
    assert drain(NOON + 2 * MINUTE) == 5
    assert drain(NOON + 2 * MINUTE) == 0


def test_the_order_holds_from_one_piece_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.actions.routing_room._SOME", 1)
    front = giving_team()
    waiting = [asking(front, at=NOON + number * MINUTE, priority=number) for number in (1, 2, 3, 4)]
    present("Ada", front, capacity=2)
    drain(NOON + 9 * MINUTE)
    assert [owner(each) is not None for each in waiting] == [False, False, True, True]


def test_what_changed_between_look_and_lock_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    from triage.actions import routing

    front, other = giving_team(), team()
    present("Ada", front)
    moved, stays = asking(front), asking(front)
    planned = routing._planned

    def meanwhile(*given: Any) -> Any:
        found = planned(*given)
        actions.route(moved, to=other, by=agent(role=Role.ADMIN), now=NOON)
        return found

    monkeypatch.setattr(routing, "_planned", meanwhile)
    assert drain(NOON) == 1
    assert (owner(moved), owner(stays) is not None) == (None, True)
    assert Decision.objects.count() == 1


def test_an_agent_who_comes_rings(django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[int] = []
    monkeypatch.setattr("triage.receivers.bell.ring", lambda: rung.append(1))
    front = giving_team()
    ada = agent("Ada")
    changes: list[Callable[[], None]] = [
        lambda: set_availability(ada, Availability.ONLINE, now=NOON),
        lambda: set_teams(ada, [front]),
        lambda: set_limits(ada, languages=["sv"], capacity=9),
    ]
    for number, change in enumerate(changes, 1):
        with django_capture_on_commit_callbacks(execute=True):
            change()
        assert len(rung) == number
    ada.refresh_from_db()
    assert (ada.languages, ada.capacity) == (["sv"], 9)


def test_events_after_which_somebody_may_have_room() -> None:
    where = asking(giving_team())
    ada = agent("Ada", role=Role.ADMIN)
    actions.claim(where, by=ada, now=NOON)
    actions.close(where, by=ada, now=NOON)
    says(where, "And another thing")
    assert all(frees_capacity(name) for name, _ in events(where))
    assert not frees_capacity("tagged")
