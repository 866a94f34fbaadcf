"""Forms of the managers' pages. Shares are typed in as percent, and leave as 0 … 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations.models import Priority
from people.models import Company, Customer, Team
from people.names import one_line
from triage.models import Desk, TeamRouting, TopicProfile
from triage.mood.languages import COMMON

LANGUAGES = (*COMMON, "ar", "el", "he", "hi", "ja", "ko", "ru", "th", "uk", "vi", "zh")  # what triage can tell apart
MOST_PLANS = 30
LONGEST_PLAN = 60
MOST_MINUTES = 10_080  # a week
MOST_OPEN = 500

_HURRIES = [(0.0, _("Not at all")), (0.25, _("A little")), (0.5, _("Somewhat")), (0.75, _("Much")), (1.0, _("Most"))]


def whole(low: int, high: int, **options: Any) -> forms.IntegerField:
    """A number between two, both included, whose refusal says so."""
    message = format_lazy(_("Write a whole number from {low} to {high}."), low=low, high=high)
    errors = dict.fromkeys(("invalid", "min_value", "max_value"), message)
    return forms.IntegerField(min_value=low, max_value=high, error_messages=errors, **options)


class Percent(forms.IntegerField):
    """1 to 99 percent on the page, a share outside."""

    def __init__(self, **options: Any) -> None:
        message = _("Write a whole number of percent from 1 to 99.")
        errors = dict.fromkeys(("invalid", "min_value", "max_value"), message)
        super().__init__(min_value=1, max_value=99, required=False, error_messages=errors, **options)

    def prepare_value(self, value: Any) -> Any:
        return round(value * 100) if isinstance(value, float) else value

    def clean(self, value: Any) -> float | None:
        percent = super().clean(value)
        return None if percent is None else percent / 100


class TopicForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    description = forms.CharField(
        label=_("Description"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What customers want who write about it, in their words. Triage learns from this too."),
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.all(),
        required=False,
        empty_label=_("No team"),
        help_text=_("Conversations about it go there, or to a team of the same specialty at a higher tier."),
    )
    priority = forms.TypedChoiceField(
        label=_("Usual priority"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Whatever the message says")), *Priority.choices],
    )
    tier = forms.TypedChoiceField(label=_("Tier"), coerce=int, choices=Team.Tier.choices)
    threshold = Percent(
        label=_("Sure from (percent)"),
        help_text=_("Triage gives this topic only when it is at least this sure. Empty: as the settings say."),
    )
    is_active = forms.BooleanField(label=_("Triage gives this topic"), required=False, initial=True)

    @classmethod
    def about(cls, profile: TopicProfile) -> TopicForm:
        """Filled in with what is known of a topic."""
        names = ("team", "priority", "tier", "threshold", "is_active")
        known = {name: getattr(profile, name) for name in names}
        return cls(initial={**known, "name": profile.topic.name, "description": profile.topic.description})


class ExamplesForm(forms.Form):
    examples = forms.CharField(
        label=_("Examples, one on each line"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("As customers write them, typing errors and all. Five are a start, twenty are good."),
        error_messages={"required": _("Write at least one example, each on a line of its own.")},
    )

    @property
    def lines(self) -> list[str]:
        typed: str = self.cleaned_data["examples"]
        return typed.splitlines()


def plans_in_use(kept: Iterable[str]) -> list[str]:
    """The plans that customers have, and those one has said something about."""
    rows: list[QuerySet[Any, Any]] = [
        model.objects.exclude(plan="").order_by("plan").values_list("plan", flat=True).distinct()
        for model in (Customer, Company)
    ]
    found = {plan for query in rows for plan in query[:MOST_PLANS]}
    return sorted(found | set(kept), key=str.casefold)[:MOST_PLANS]


def _languages() -> list[tuple[str, str]]:
    """By their names in the reader's language. Django knows Chinese and Norwegian only by the ways they are written."""
    ours = {"no": str(_("Norwegian")), "zh": str(_("Chinese"))}
    known = {
        code: str(translation.get_language_info(code)["name_translated"]) for code in LANGUAGES if code not in ours
    }
    return sorted({**known, **ours}.items(), key=lambda each: each[1].casefold())


_MODES = [*Desk.Mode.choices[:-1], (Desk.Mode.ON.value, _("On: set topic, priority and team"))]


class DeskForm(forms.Form):
    """How the desk wants its triage; a field for each plan comes after the others."""

    mode = forms.ChoiceField(label=_("Triage is"), choices=_MODES, widget=forms.RadioSelect)
    threshold = Percent(
        label=_("Sure from (percent)"),
        help_text=_("Below it triage says “Not sure yet”. Empty: where it was right 95 times of 100."),
    )
    triage_team = forms.ModelChoiceField(
        label=_("Triage team"),
        queryset=Team.objects.all(),
        required=False,
        empty_label=_("No team"),
        help_text=_("Gets what triage is not sure about."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you answer in"),
        choices=_languages,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: English, Indonesian and Swedish."),
    )
    retrains = forms.BooleanField(
        label=_("Learn every night from what was corrected"),
        required=False,
        help_text=_("A better model takes over by itself; the Models page tells and goes back."),
    )
    pipeline = forms.ChoiceField(
        label=_("How it reads"),
        widget=forms.RadioSelect,
        choices=[
            ("light", _("Light: fast, on any machine")),
            ("full", _("Full: reads meaning better, some 20 times slower")),
        ],
    )

    def __init__(self, *args: Any, plans: Mapping[str, float], **options: Any) -> None:
        super().__init__(*args, **options)
        self.plans = {f"plan-{at}": plan for at, plan in enumerate(plans_in_use(plans))}
        for name, plan in self.plans.items():
            self.fields[name] = forms.TypedChoiceField(
                label=plan,
                choices=_HURRIES,
                coerce=float,
                initial=_nearest(plans.get(plan, 0.0)),
                required=False,
            )

    @classmethod
    def about(cls, desk: Desk) -> DeskForm:
        names = ("mode", "threshold", "triage_team", "languages", "retrains", "pipeline")
        return cls(plans=desk.plans, initial={name: getattr(desk, name) for name in names})

    @property
    def plan_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.plans]

    @property
    def hurries(self) -> dict[str, float]:
        """Plan → how much it hurries; those that do not are left out."""
        given = {plan: float(self.cleaned_data[name] or 0) for name, plan in self.plans.items()}
        return {plan: hurry for plan, hurry in given.items() if hurry}


def _nearest(hurry: float) -> float:
    return min((value for value, _word in _HURRIES), key=lambda value: abs(value - hurry))


class TeamForm(forms.Form):
    assigns = forms.BooleanField(
        label=_("Gives conversations to its agents by itself"),
        required=False,
        help_text=_("To whoever is online, has room and the fewest open; the most urgent conversation first."),
    )
    limit = whole(
        1,
        MOST_OPEN,
        label=_("Open conversations an agent has from this team, at most"),
        required=False,
        help_text=_("Empty: only the limit of each agent counts."),
    )
    patience = whole(
        0,
        MOST_MINUTES,
        label=_("Minutes to wait for somebody who speaks their language"),
    )
    escalates_after = whole(
        1,
        MOST_MINUTES,
        label=_("Minutes after which it goes to the next tier if nobody takes it"),
        required=False,
        help_text=_("Empty: never."),
    )
    plans = forms.CharField(
        label=_("Only for customers with these plans"),
        required=False,
        max_length=500,
        help_text=_("Separated by commas. Empty: for everybody."),
    )

    @classmethod
    def about(cls, routing: TeamRouting) -> TeamForm:
        names = ("assigns", "limit", "patience", "escalates_after")
        known = {name: getattr(routing, name) for name in names}
        return cls(initial={**known, "plans": ", ".join(routing.plans)})

    def clean_plans(self) -> list[str]:
        named = [one_line(each, LONGEST_PLAN) for each in self.cleaned_data["plans"].split(",")]
        return list(dict.fromkeys(each for each in named if each))
