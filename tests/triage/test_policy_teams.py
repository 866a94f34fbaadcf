"""Which team a conversation goes to, and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.policy import TeamChoice, TeamFacts, TeamView, speaks, team_for

FRONT = TeamView(1, "Billing", 1, "billing")
SECOND = TeamView(2, "Billing specialists", 2, "billing")
EXPERT = TeamView(3, "Billing experts", 3, "billing")
LOGIN = TeamView(4, "Accounts", 1, "accounts")
PLAIN = TeamView(5, "General")
TRIAGE = TeamView(6, "Triage")
TEAMS = (FRONT, SECOND, EXPERT, LOGIN, PLAIN, TRIAGE)


def choose(*teams: TeamView, **facts: Any) -> TeamChoice:
    return team_for(TeamFacts(**{"topic_team": 1, "sure": True, "triage_team": 6, **facts}), teams or TEAMS)


def code(choice: TeamChoice, team: TeamView) -> str:
    return next(str(each["code"]) for each in choice.candidates if each["id"] == team.key)


@pytest.mark.parametrize(
    ("facts", "team", "reasons"),
    [
        ({}, 1, ["topic_team"]),
        ({"tier": 2}, 2, ["higher_tier", "tier_by_topic"]),
        ({"tier": 3}, 3, ["higher_tier", "tier_by_topic"]),
        ({"sentiment": -2}, 2, ["higher_tier", "tier_by_emotion"]),
        ({"anger": 0.9}, 2, ["higher_tier", "tier_by_emotion"]),
        ({"anger": 0.6, "sentiment": -1}, 1, ["topic_team"]),
        ({"topic_team": 3}, 3, ["topic_team"]),
        ({"topic_team": 3, "tier": 1, "anger": 1.0}, 3, ["topic_team"]),
        ({"topic_team": 5, "tier": 3}, 5, ["topic_team", "no_higher_tier", "tier_by_topic"]),
        ({"topic_team": 4, "tier": 2}, 4, ["topic_team", "no_higher_tier", "tier_by_topic"]),
        ({"current": 2}, 2, ["higher_tier", "tier_kept"]),
        ({"current": 4}, 1, ["topic_team"]),
        ({"sure": False}, 6, ["abstained"]),
        ({"sure": False, "current": 5}, 5, ["abstained"]),
        ({"sure": False, "triage_team": None}, None, ["abstained"]),
        ({"topic_team": None}, 6, ["topic_without_team"]),
        ({"topic_team": 99}, 6, ["topic_without_team"]),
        ({"current": 4, "is_chosen": True, "tier": 3}, 4, ["person_chose"]),
    ],
)
def test_the_team_and_why(facts: dict[str, Any], team: int | None, reasons: list[str]) -> None:
    choice = choose(**facts)
    assert (choice.team, [each["code"] for each in choice.reasons]) == (team, reasons)
    assert choice.code == reasons[0]


def test_why_the_others_of_the_specialty_did_not_fit() -> None:
    choice = choose(tier=2)
    assert {each["name"]: each["code"] for each in choice.candidates} == {
        "Billing": "lower_tier",
        "Billing specialists": "chosen",
        "Billing experts": "higher_than_needed",
    }


def test_a_team_for_other_plans_is_passed_over() -> None:
    gold = TeamView(1, "Gold", 1, "billing", ("gold",))
    choice = choose(gold, SECOND, plan="free")
    assert (choice.team, choice.code, code(choice, gold)) == (2, "plan_team", "other_plan")
    choice = choose(gold, LOGIN, TRIAGE, plan="free")
    assert (choice.team, choice.code) == (6, "no_team")


def test_a_team_made_for_the_plan_comes_before_one_that_takes_all() -> None:
    gold = TeamView(9, "Gold", 1, "billing", ("gold",))
    choice = choose(*TEAMS, gold, plan="gold")
    assert (choice.team, choice.code, code(choice, FRONT)) == (9, "plan_team", "not_for_plan")
    assert choose(*TEAMS, gold, plan="free").team == 1


def test_a_team_that_speaks_the_language_comes_before_the_topics_own() -> None:
    here = TeamView(1, "Billing", 1, "billing", languages=frozenset({"en"}))
    north = TeamView(9, "Billing Nordics", 1, "billing", languages=frozenset({"sv", "en"}))
    choice = choose(here, north, language="sv")
    assert (choice.team, choice.code, code(choice, here)) == (9, "language_team", "other_language")
    choice = choose(here, north, language="en")
    assert (choice.team, code(choice, north)) == (1, "not_topic_team")


_views = st.builds(
    TeamView,
    key=st.integers(1, 8),
    name=st.sampled_from(("A", "B")),
    tier=st.integers(1, 3),
    specialty=st.sampled_from(("", "billing")),
    plans=st.sampled_from(((), ("gold",), ("gold", "free"))),
    languages=st.sampled_from((frozenset[str](), frozenset({"en"}), frozenset({"sv"}))),
)
_facts = st.builds(
    TeamFacts,
    topic_team=st.one_of(st.none(), st.integers(1, 8)),
    sure=st.booleans(),
    tier=st.integers(1, 3),
    sentiment=st.integers(-2, 2),
    anger=st.floats(0, 1),
    plan=st.sampled_from(("", "gold", "free")),
    language=st.sampled_from(("", "sv")),
    current=st.one_of(st.none(), st.integers(1, 8)),
    is_chosen=st.booleans(),
    triage_team=st.one_of(st.none(), st.integers(1, 8)),
)


@settings(max_examples=300, deadline=None)
@given(_facts, st.lists(_views, max_size=6, unique_by=lambda each: each.key))
def test_whatever_stands_there_the_choice_keeps_its_rules(facts: TeamFacts, teams: list[TeamView]) -> None:
    choice = team_for(facts, teams)
    by_key = {each.key: each for each in teams}
    assert choice.reasons[0]["code"] == choice.code
    again = team_for(facts, teams[::-1])
    assert (choice.team, choice.reasons) == (again.team, again.reasons)
    if facts.is_chosen:
        assert choice.team == facts.current
    if choice.code in ("topic_team", "higher_tier", "plan_team", "language_team"):
        assert choice.team is not None
        team, own = by_key[choice.team], by_key[facts.topic_team or 0]
        assert not team.plans or facts.plan in team.plans
        assert team is own or (team.specialty == own.specialty != "")
        _check_tier(team, own, facts, teams)
        assert [each["id"] for each in choice.candidates if each["code"] == "chosen"] == [team.key]
        if choice.code == "language_team":
            assert speaks(team.languages, facts.language)


def _check_tier(team: TeamView, own: TeamView, facts: TeamFacts, teams: list[TeamView]) -> None:
    """Too low only where nobody of the specialty who takes the plan stands higher."""
    like = [each for each in teams if each is own or (own.specialty and each.specialty == own.specialty)]
    willing = [each for each in like if not each.plans or facts.plan in each.plans]
    wanted = max(facts.tier, own.tier)
    if team.tier < wanted:
        assert team.tier == max(each.tier for each in willing)


def test_capitals_of_a_plan_make_no_difference() -> None:
    gold = TeamView(7, "Gold billing", 1, "billing", plans=("gold",))
    assert choose(FRONT, gold, plan="Gold").team == 7
    assert choose(FRONT, gold, plan="golden").team == 1
