"""Reasons in words: the codes and facts that triage writes down, as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations.models import Priority
from conversations.views.inbox.customer import language_name
from triage.policy.teams import ANGRY

Facts = Mapping[str, Any]
MOST_WORDS = 4

_TEAM: Mapping[str, Promise] = {
    "person_chose": gettext_lazy("A person chose this team."),
    "abstained": gettext_lazy("Triage is not sure what this is about, so a person decides."),
    "topic_without_team": gettext_lazy("The topic has no team of its own."),
    "topic_team": gettext_lazy("{team} answers this topic."),
    "higher_tier": gettext_lazy("It needs tier {wanted}; this team is tier {tier}."),
    "plan_team": gettext_lazy("It takes customers with the plan {plan}."),
    "language_team": gettext_lazy("Somebody here speaks {language}."),
    "no_team": gettext_lazy("No team of this specialty takes this customer."),
    "tier_by_topic": gettext_lazy("The topic or its difficulty asks for tier {tier}."),
    "tier_by_emotion": gettext_lazy("They are upset, which asks for tier {tier}."),
    "tier_kept": gettext_lazy("It had come as far as tier {tier} already."),
    "no_higher_tier": gettext_lazy("It needs tier {wanted}; the highest there is is {tier}."),
    "nobody_took_it": gettext_lazy("Nobody in {from} took it within {limit}."),
}
_AGENT: Mapping[str, Promise] = {
    "only_one": gettext_lazy("Nobody else could take it."),
    "fewest_open": gettext_lazy("Fewest open conversations: {open} of {capacity}."),
    "fewest_given": gettext_lazy("Of those with as few open, got the fewest in the last day: {given}."),
    "longest_idle": gettext_lazy("Of those with as few, free the longest: {idle}."),
    "speaks": gettext_lazy("Speaks {language}."),
    "nobody_speaks": gettext_lazy("Nobody in the team speaks {language}."),
    "patience_over": gettext_lazy("Nobody who speaks {language} was free within {patience}."),
    "queue": gettext_lazy("It was next: priority {priority}, waiting for {waited}."),
}
_NOT_TEAM: Mapping[str, Promise] = {
    "other_plan": gettext_lazy("takes other plans only"),
    "lower_tier": gettext_lazy("tier {tier}, less than it needs"),
    "higher_than_needed": gettext_lazy("tier {tier}, more than it needs"),
    "not_for_plan": gettext_lazy("not made for the plan {plan}"),
    "other_language": gettext_lazy("nobody there speaks {language}"),
    "not_topic_team": gettext_lazy("does not answer this topic"),
}
_NOT_AGENT: Mapping[str, Promise] = {
    "away": gettext_lazy("away"),
    "offline": gettext_lazy("offline"),
    "at_limit": gettext_lazy("at the limit, {open} of {capacity}"),
    "at_team_limit": gettext_lazy("at the limit of this team, {open} of {limit}"),
    "other_language": gettext_lazy("does not speak {language}"),
    "gave_back": gettext_lazy("gave it back before"),
    "busier": gettext_lazy("{open} open already"),
    "had_more": gettext_lazy("got {given} in the last day"),
    "shorter_idle": gettext_lazy("free for {idle} only"),
}
_REASONS = {**_TEAM, **_AGENT}
_AGAINST = {True: {**_NOT_AGENT, **_NOT_TEAM}, False: {**_NOT_TEAM, **_NOT_AGENT}}  # is it a team?


class Against(NamedTuple):
    """Somebody who was looked at, and why not they; no name: how many more there were."""

    name: str
    why: str


def sentences(reasons: Any) -> list[str]:
    """What a decision gives as its reasons, in its order."""
    return [text for each in _listed(reasons) if (text := _say(each, _REASONS))]


def others(candidates: Any) -> list[Against]:
    """Everybody who was looked at and not chosen."""
    return [_against(each) for each in _listed(candidates) if each.get("code") != "chosen"]


def _against(candidate: Facts) -> Against:
    if candidate.get("code") == "others":
        count = _number(candidate.get("count"))
        return Against("", ngettext("and {n} more", "and {n} more", count).format(n=count))
    is_team = "capacity" not in candidate
    return Against(str(candidate.get("name", "")), _say(candidate, _AGAINST[is_team]))


def _listed(facts: Any) -> Iterable[Facts]:
    """Rows are JSON, so they may hold anything that was ever written there."""
    return [each for each in facts if isinstance(each, Mapping)] if isinstance(facts, list) else []


def _say(facts: Facts, known: Mapping[str, Promise]) -> str:
    """A sentence for a code; one that nobody gave words yet is shown as it is, with its facts."""
    code = str(facts.get("code", ""))
    if code in known:
        return str(known[code]).format_map(_Filled(facts))
    rest = ", ".join(f"{name} {value}" for name, value in facts.items() if name not in _UNSAID)
    return ": ".join(part for part in (code.replace("_", " "), rest) if part)


_UNSAID = {"code", "id", "name", "text", "weight"}


class _Filled(dict[str, str]):
    """Facts as words; one that is missing leaves a gap and breaks no sentence."""

    def __init__(self, facts: Facts) -> None:
        super().__init__({name: str(value) for name, value in facts.items()})
        for name, value in facts.items():
            short = name.removesuffix("_seconds")
            if short != name:
                self[short] = duration(_number(value))
        for name, word in _WORDS.items():
            if name in facts:
                self[name] = word(facts[name])

    def __missing__(self, key: str) -> str:
        return "…"


def _priority(value: Any) -> str:
    return str(Priority(value).label) if value in Priority.values else str(value)


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "language": lambda code: language_name(str(code)),
    "priority": _priority,
}


def _number(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0


def duration(seconds: int) -> str:
    """About how long, in its largest unit."""
    if seconds < 60:
        return ngettext("{n} second", "{n} seconds", seconds).format(n=seconds)
    if (minutes := seconds // 60) < 60:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    if (hours := minutes // 60) < 48:
        return ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    return ngettext("{n} day", "{n} days", hours // 24).format(n=hours // 24)


def percent(share: float) -> str:
    """A probability as people read it: never quite certain, never quite impossible."""
    return _("{n} %").format(n=min(99, max(1, round(share * 100))))


class Mood(NamedTuple):
    """How they feel: a word, its drawing and the colour of the pill."""

    word: Any
    icon: str
    kind: str


_MOODS = {
    -2: Mood(gettext_lazy("Very unhappy"), "frown", "bad"),
    -1: Mood(gettext_lazy("Unhappy"), "frown", "warn"),
    0: Mood(gettext_lazy("Calm"), "meh", ""),
    1: Mood(gettext_lazy("Content"), "smile", "good"),
    2: Mood(gettext_lazy("Delighted"), "smile", "good"),
}
_ANGRY = Mood(gettext_lazy("Angry"), "angry", "bad")


def mood(sentiment: int, anger: float) -> Mood:
    """The five levels of sentiment; anger goes before them."""
    return _ANGRY if anger >= ANGRY else _MOODS.get(sentiment, _MOODS[0])
