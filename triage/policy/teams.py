"""Which team a conversation goes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from triage.policy.queue import speaks

ANGRY = 0.7  # from here on anger asks for the second tier
VERY_NEGATIVE = -2
SPECIALIST = 2

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """What is known of a conversation when its team is chosen. Teams by their keys; None where there is none."""

    topic_team: int | None = None
    sure: bool = False
    tier: int = 1  # wanted by topic and difficulty
    sentiment: int = 0  # -2 … 2
    anger: float = 0.0  # 0 … 1
    plan: str = ""
    language: str = ""
    current: int | None = None
    is_chosen: bool = False  # a person chose the current team
    triage_team: int | None = None  # takes what triage is not sure of


@dataclass(frozen=True, slots=True)
class TeamView:
    key: int
    name: str
    tier: int = 1
    specialty: str = ""
    plans: tuple[str, ...] = ()  # takes only these; empty: any
    languages: frozenset[str] = frozenset()  # spoken by its agents; empty: nobody said


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """`team` None leaves the conversation without one. Codes: see the package."""

    team: int | None
    code: str
    reasons: list[Facts] = field(default_factory=list)
    candidates: list[Facts] = field(default_factory=list)


def team_for(facts: TeamFacts, teams: Sequence[TeamView]) -> TeamChoice:
    """The team that fits, why, and why the others of its specialty do not.

    A person's choice stays. Without a topic that is sure and has a team, it stays where it is, else goes to the triage
    team. Otherwise it goes to the team of the topic's specialty that takes the customer's plan, has the nearest tier
    at or above the wanted one (else the highest there is), is made for this plan, speaks the language, is the topic's
    own; in that order. The topic's own tier, and the tier it has reached before, are the least.
    """
    by_key = {each.key: each for each in teams}
    if facts.is_chosen:
        return _settled(facts.current, "person_chose")
    own = by_key.get(facts.topic_team or 0)
    if not facts.sure or own is None:
        code = "topic_without_team" if facts.sure else "abstained"
        return _settled(facts.current if facts.current is not None else facts.triage_team, code)
    return _of_specialty(facts, own, by_key.get(facts.current or 0), _like(own, teams))


def _settled(team: int | None, code: str) -> TeamChoice:
    return TeamChoice(team, code, [{"code": code}])


def _like(own: TeamView, teams: Sequence[TeamView]) -> list[TeamView]:
    """Those of the same specialty; a team that names none stands alone."""
    return [each for each in teams if each.key == own.key or (own.specialty and each.specialty == own.specialty)]


def _of_specialty(facts: TeamFacts, own: TeamView, current: TeamView | None, teams: list[TeamView]) -> TeamChoice:
    wanted, why_tier = _wanted(facts, own, current if current in teams else None)
    willing = [each for each in teams if _takes(each, facts.plan)]
    if not willing:
        code = "no_team"
        team = facts.current if facts.current is not None else facts.triage_team
        return TeamChoice(team, code, [{"code": code}], [_candidate(each, None, facts, wanted) for each in teams])
    chosen = min(willing, key=lambda each: _unfitness(each, facts, wanted, own))
    candidates = [_candidate(each, chosen, facts, wanted) for each in teams]
    reasons = _reasons(chosen, own, facts, wanted)
    return TeamChoice(chosen.key, reasons[0]["code"], reasons + why_tier, candidates)


def _wanted(facts: TeamFacts, own: TeamView, current: TeamView | None) -> tuple[int, list[Facts]]:
    tier, why = own.tier, []
    if facts.tier > tier:
        tier = facts.tier
        why.append({"code": "tier_by_topic", "tier": tier})
    if tier < SPECIALIST and (facts.anger >= ANGRY or facts.sentiment <= VERY_NEGATIVE):
        tier = SPECIALIST
        why.append(
            {"code": "tier_by_emotion", "tier": tier, "sentiment": facts.sentiment, "anger": round(facts.anger, 3)}
        )
    if current is not None and current.tier > tier:
        tier = current.tier
        why = [{"code": "tier_kept", "tier": tier}]
    return tier, why


def _takes(team: TeamView, plan: str) -> bool:
    """Whoever types a plan's name writes it as they like: capitals make no difference."""
    return not team.plans or plan.casefold() in {each.casefold() for each in team.plans}


def _unfitness(team: TeamView, facts: TeamFacts, wanted: int, own: TeamView) -> tuple[Any, ...]:
    """Compared from the left; the smallest fits best. Tiers below the wanted one come last, the highest of them
    first."""
    short = team.tier < wanted
    distance = wanted - team.tier if short else team.tier - wanted
    mute = not speaks(team.languages, facts.language)
    return short, distance, not team.plans, mute, team.key != own.key, team.name, team.key


def _reasons(chosen: TeamView, own: TeamView, facts: TeamFacts, wanted: int) -> list[Facts]:
    """The one that decided between this team and the topic's own first."""
    reasons: list[Facts] = []
    if chosen.key == own.key:
        reasons.append({"code": "topic_team", "team": own.name})
    elif not _takes(own, facts.plan):
        reasons.append({"code": "plan_team", "plan": facts.plan})
    elif chosen.tier != own.tier:
        reasons.append({"code": "higher_tier", "tier": chosen.tier, "wanted": wanted})
    elif chosen.plans and not own.plans:
        reasons.append({"code": "plan_team", "plan": facts.plan})
    else:
        reasons.append({"code": "language_team", "language": facts.language})
    if chosen.tier < wanted:
        reasons.append({"code": "no_higher_tier", "tier": chosen.tier, "wanted": wanted})
    return reasons


def _candidate(team: TeamView, chosen: TeamView | None, facts: TeamFacts, wanted: int) -> Facts:
    named: Facts = {"id": team.key, "name": team.name}
    if chosen is not None and team.key == chosen.key:
        return {**named, "code": "chosen"}
    if not _takes(team, facts.plan) or chosen is None:
        return {**named, "code": "other_plan", "plan": facts.plan}
    if team.tier != chosen.tier:
        code = "lower_tier" if team.tier < chosen.tier else "higher_than_needed"
        return {**named, "code": code, "tier": team.tier, "wanted": wanted}
    if chosen.plans and not team.plans:
        return {**named, "code": "not_for_plan", "plan": facts.plan}
    if not speaks(team.languages, facts.language):
        return {**named, "code": "other_language", "language": facts.language}
    return {**named, "code": "not_topic_team"}
