"""What pulled a priority or a tier up or down, in words. Reasons are what customers wrote, or short names for
circumstances (`triage.mood.priority`, `triage.mood.complexity`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST = 4
LEAST = 0.1  # log-odds: what pulled less is not worth a word
_UNSAID = {"grievances together"}  # a ceiling of the sum, no reason of its own
_NAMES: Mapping[str, Promise] = {
    "anger": gettext_lazy("anger"),
    "sentiment": gettext_lazy("their mood"),
    "waiting": gettext_lazy("how long they wait"),
    "topic": gettext_lazy("the topic"),
    "learned": gettext_lazy("what was corrected before"),
    "length": gettext_lazy("a long message"),
    "questions": gettext_lazy("several questions"),
    "code or log": gettext_lazy("code or a log"),
    "reopened": gettext_lazy("it was opened again"),
    "handed over": gettext_lazy("it changed hands"),
    "contacts before": gettext_lazy("they wrote about it before"),
    "legal matter": gettext_lazy("a legal matter"),
    "security matter": gettext_lazy("a matter of security"),
    "safety matter": gettext_lazy("a matter of safety"),
    "outage matter": gettext_lazy("something is down"),
    "business matter": gettext_lazy("their business stands still"),
    "repeated matter": gettext_lazy("not the first time"),
}


class Word(NamedTuple):
    """A circumstance, or something in the customer's own writing."""

    text: str
    is_quote: bool


class Pull(NamedTuple):
    """What made it more, and what made it less; the strongest first."""

    up: list[Word]
    down: list[Word]


def pull(reasons: Any) -> Pull:
    """Of a verdict's reasons [{"text", "weight"}, …], as far as they can be read."""
    known = [each for each in reasons if isinstance(each, dict)] if isinstance(reasons, list) else []
    weighed = [(str(each.get("text", "")), each.get("weight")) for each in known]
    told = [(text, weight) for text, weight in weighed if text not in _UNSAID and isinstance(weight, int | float)]
    return Pull(
        [_word(text) for text, weight in told if weight >= LEAST][:MOST],
        [_word(text) for text, weight in told if weight <= -LEAST][:MOST],
    )


def _word(text: str) -> Word:
    if text in _NAMES:
        return Word(str(_NAMES[text]), is_quote=False)
    name, _space, value = text.partition(" ")
    if name == "plan":
        return Word(_("the plan {plan}").format(plan=value), is_quote=False)
    if name == "also":
        return Word(_("it may also be about {topic}").format(topic=value), is_quote=False)
    return Word(text, is_quote=True)
