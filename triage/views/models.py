"""Versions of the desk's model: how good each is, which one decides, and training another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from conversations.errors import Refusal
from conversations.models import Topic
from people.models import Agent
from triage import actions, artefacts
from triage.models import Desk, ModelVersion, TrainingRun
from triage.views.figures import interval, percent, points, whole
from triage.views.sections import managers, page, viewer

SHOWN = 20  # versions
_GOING = (TrainingRun.State.QUEUED, TrainingRun.State.RUNNING)


@require_GET
@managers
def listing(request: HttpRequest) -> HttpResponse:
    """Every version, the newest first, and what can be done with each."""
    versions = list(ModelVersion.objects.select_related("promoted_by", "run__asked_by")[:SHOWN])
    champion = next((each for each in versions if each.state == ModelVersion.State.CHAMPION), None)
    standing = artefacts.standing()
    context = {
        "versions": [_told(each, champion) for each in versions],
        "champion": champion,
        "problem": standing.removeprefix("disabled: ") if standing.startswith("disabled") else "",
        "pipeline": Desk.current().pipeline,
        **_training(),
    }
    return page(request, "models", "triage/models.html", context)


@managers
def training(request: HttpRequest) -> HttpResponse:
    """How the training goes (the page asks while one is at work); POST begins one."""
    if request.method != "POST":
        return page(request, "models", "triage/models_training.html", _training())
    pipeline = request.POST.get("pipeline", "light")
    if pipeline not in ("light", "full"):
        raise Http404
    try:
        actions.ask_training(by=viewer(request), pipeline=pipeline, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("triage-models")


@require_POST
@managers
def cancellation(request: HttpRequest, key: int) -> HttpResponse:
    actions.cancel(get_object_or_404(TrainingRun, pk=key), by=viewer(request), now=timezone.now())
    return redirect("triage-models")


def _training() -> dict[str, Any]:
    """The run at work, or else the last one, if that came to nothing."""
    run = TrainingRun.objects.select_related("asked_by").first()
    if run is None:
        return {"run": None}
    going = run.state in _GOING
    return {
        "run": run if going or run.state == TrainingRun.State.FAILED else None,
        "going": going,
        "share": percent(run.progress),
        "stage": _stages().get(run.stage, ""),
        "again": run.attempts > 1,
    }


def _stages() -> dict[str, str]:
    return {
        "reading": _("Reading what people decided"),
        "testing": _("Testing on what it has not learnt"),
        "curve": _("Drawing its learning curve"),
        "learning": _("Learning"),
        "priorities": _("Learning priorities"),
        "comparing": _("Comparing with the model that decides"),
        "storing": _("Storing"),
    }


Verb = Callable[..., None]


def _change(verb: Verb, said: Callable[[], str]) -> Callable[[HttpRequest, int], HttpResponse]:
    """A view that does one thing with one version."""

    @require_POST
    @managers
    def view(request: HttpRequest, key: int) -> HttpResponse:
        version = get_object_or_404(ModelVersion, pk=key)
        _do(request, verb, version, viewer(request), timezone.now(), said)
        return redirect("triage-models")

    return view


def _do(
    request: HttpRequest, verb: Verb, version: ModelVersion, by: Agent, now: datetime, said: Callable[[], str]
) -> None:
    try:
        verb(version, by=by, now=now)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said().format(version=version))


promotion = _change(actions.promote, lambda: _("{version} decides from now on."))
watching = _change(actions.shadow, lambda: _("{version} watches: it gives verdicts and changes nothing."))
retirement = _change(actions.retire, lambda: _("{version} is out of use."))


def _told(version: ModelVersion, champion: ModelVersion | None) -> dict[str, Any]:
    """A version as the page shows it."""
    return {
        "version": version,
        "why": _why(version),
        "scores": _scores(version.scores),
        "data": _data(version.reference),
        "priority": _priority(version.scores.get("priority") or {}),
        "topics": _topics(version),
        "is_older": champion is not None and version.pk < champion.pk,
        "is_gone": not version.size,
        "bytes": _("{n} MB").format(n=round(version.size / 1_000_000, 1)),
    }


def _scores(scores: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what, how much, more about it)"""
    if not scores.get("rows"):
        return []
    told = [
        (_("Right"), percent(scores["accuracy"]), interval(scores["low"], scores["high"])),
        (
            _("Would decide alone"),
            percent(scores.get("decided")),
            _("{n} of these right").format(n=percent(scores.get("decided_right"))),
        ),
        (
            _("Calibration error"),
            percent(scores.get("ece"), 1),
            _("0 is best, up to {n} is good").format(n=percent(0.03)),
        ),
        (
            _("Tested on"),
            whole(scores["rows"]),
            _("always the commonest topic: {n}").format(n=percent(scores["majority"])),
        ),
    ]
    if scores.get("unknown_left") is not None:
        told.append((_("“None of these” left to people"), percent(scores["unknown_left"]), ""))
    return told


def _data(reference: Mapping[str, Any]) -> dict[str, Any]:
    newest = parse_datetime(reference["newest"]) if reference.get("newest") else None
    names = ("corrections", "confirmations", "examples", "topics")
    return {name: whole(reference.get(name, 0)) for name in names} | {
        "newest": newest,
        "digest": (reference.get("digest") or "")[:12],
        "is_known": "digest" in reference,
    }


def _priority(told: Mapping[str, Any]) -> str:
    if needs := told.get("needs"):
        message = _(
            "Priorities are not learnt yet: {has} of {rows} that people set, {each} of each of two levels needed."
        )
        return message.format(has=whole(needs["has"]), rows=needs["rows"], each=needs["each"])
    if told.get("rows"):
        return _("Learns priorities too, from {n} that people set.").format(n=whole(told["rows"]))
    return ""


def _topics(version: ModelVersion) -> list[dict[str, Any]]:
    """How good it is for each topic, worst first."""
    names = dict(Topic.objects.values_list("pk", "name"))
    told = []
    for label, counts in (version.scores.get("topics") or {}).items():
        key = version.topics.get(label)
        recall = counts["right"] / counts["rows"] if counts["rows"] else None
        precision = counts["right"] / counts["said"] if counts["said"] else None
        name = names.get(key, _("A former topic")) if key else label
        told.append(
            {
                "name": name,
                "rows": whole(counts["rows"]),
                "found": percent(recall),
                "right": percent(precision),
                "sort": recall or 0,
            }
        )
    return sorted(told, key=lambda each: each["sort"])


def _why(version: ModelVersion) -> str:
    """How the comparison came out; what a person wrote, where there was none."""
    told = version.compared or {}
    sentence = _outcomes().get(told.get("code", ""))
    if sentence is None:
        return version.why
    difference = told.get("difference")
    if not difference:
        return sentence
    numbers = _("{mine} right, against {others}; difference {low} to {high} points on {n} rows.").format(
        mine=percent(told["mine"]),
        others=percent(told["others"]),
        low=points(difference["low"]),
        high=points(difference["high"]),
        n=whole(difference["rows"]),
    )
    return f"{sentence} {numbers}"


def _outcomes() -> dict[str, str]:
    return {
        "first": _("The first model; better than always saying the commonest topic."),
        "baseline": _("Not better than always saying the commonest topic, so it waits."),
        "better": _("Better than the model before, by more than chance."),
        "worse": _("Worse than the model that decides, so it waits."),
        "no_difference": _("Not better than the model that decides by more than chance, so it waits."),
        "few": _("Too few labelled conversations to test it on (30 are needed), so it waits for you."),
        "unusable": _("The model that decided could not be used any more."),
    }
