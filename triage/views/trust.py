"""How far triage can be trusted: the numbers, and the conversations behind each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from conversations import actions as talk
from conversations.errors import Refusal
from conversations.models import Conversation, Topic
from triage import actions, trust
from triage.models import Desk, ModelVersion, Verdict
from triage.trust import KINDS, Judged
from triage.views import charts
from triage.views.figures import Figure, figure, interval, percent, points, whole
from triage.views.sections import managers, page, viewer

PERIODS = (4, 8, 26)  # weeks
SHOWN = 50  # conversations on a page of a list
CONFUSED = 12  # topics in the table of confusions; the others stand together


@dataclass(frozen=True, slots=True)
class Period:
    """Whole weeks up to now, by the reader's clock."""

    weeks: int
    begin: datetime
    end: datetime

    @classmethod
    def asked(cls, request: HttpRequest) -> Period:
        """Raises Http404 for what is no period of ours."""
        asked = request.GET.get("weeks", "8")
        if asked not in {str(each) for each in PERIODS}:
            raise Http404
        monday = trust.week_of(timezone.localtime())
        return cls(int(asked), monday - timedelta(weeks=int(asked) - 1), monday + timedelta(weeks=1))


@require_GET
@managers
def overview(request: HttpRequest) -> HttpResponse:
    """The page itself."""
    period = Period.asked(request)
    rows = trust.judged(viewer(request), period.begin, period.end)
    topics = dict(Topic.objects.values_list("pk", "name"))
    champion = ModelVersion.objects.filter(state=ModelVersion.State.CHAMPION).first()
    context = {
        "periods": [(each, each == period.weeks) for each in PERIODS],
        "mode": Desk.current(),
        "total": _shown(trust.Count.of(rows), weeks=period.weeks),
        "weeks": _weeks(rows, period),
        "topics": _topics(rows, topics, period),
        "calibration": _calibration(rows, period),
        "confusion": _confusion(rows, topics, period),
        "drift": _drift(rows, champion),
        "curve": _curve(champion),
        "champion": champion,
    }
    return page(request, "trust", "triage/trust.html", context)


def _shown(count: trust.Count, **where: Any) -> dict[str, Any]:
    """A count as figures that open their lists, its accuracy in words."""
    figures: dict[str, Any] = {
        name: figure(getattr(count, name), name, **where) for name in KINDS if name != "compared"
    }
    low, high = count.interval
    return {
        **figures,
        "accuracy": percent(count.accuracy),
        "share": percent(count.alone_share),
        "interval": interval(low, high) if count.checked else "",
        "is_few": count.is_few,
    }


def _weeks(rows: Sequence[Judged], period: Period) -> dict[str, Any]:
    found = trust.weeks(rows, period.end - timedelta(days=1), period.weeks)
    values = [
        charts.Value(date_format(week.begin, "j M"), week.count.accuracy, *week.count.interval, faint=week.count.is_few)
        for week in found
    ]
    listed = [
        {"label": date_format(week.begin, "j M"), **_shown(week.count, week=week.begin.date().isoformat())}
        for week in reversed(found)
    ]
    return {"rows": listed, "chart": charts.line(values), "known": any(each.value is not None for each in values)}


def _topics(rows: Sequence[Judged], topics: Mapping[int, str], period: Period) -> list[dict[str, Any]]:
    counted = sorted(trust.by_topic(rows).items(), key=lambda pair: -pair[1].verdicts)
    return [
        {"name": _name(topic, topics), **_shown(count, weeks=period.weeks, topic=topic or "none")}
        for topic, count in counted
    ]


def _name(topic: int | None, topics: Mapping[int, str]) -> str:
    return topics.get(topic, _("A former topic")) if topic is not None else _("None")


def _calibration(rows: Sequence[Judged], period: Period) -> dict[str, Any]:
    found = trust.calibrated(rows)
    values = [
        (
            each.said,
            charts.Value(percent(each.said), each.right, *trust.wilson(round(each.right * each.count), each.count)),
        )
        for each in found.bins
    ]
    listed = [
        {
            "range": interval(each.low, each.high),
            "count": figure(each.count, "compared", weeks=period.weeks, bin=each.low),
            "said": percent(each.said),
            "right": percent(each.right),
        }
        for each in found.bins
    ]
    return {"rows": listed, "chart": charts.reliability(values), "ece": percent(found.ece, 1)}


@dataclass(frozen=True, slots=True)
class Cell:
    """How often one topic was taken for another; `shade` from 0 to 5 by its share of the row."""

    figure: Figure
    shade: int
    is_right: bool


def _confusion(rows: Sequence[Judged], topics: Mapping[int, str], period: Period) -> dict[str, Any]:
    """Rows: what it is; columns: what triage said. The commonest topics only."""
    counts = trust.confusion(rows)
    totals: dict[int | None, int] = {}
    for (said, true), count in counts.items():
        for topic in {said, true}:
            totals[topic] = totals.get(topic, 0) + count
    chosen = sorted(totals, key=lambda topic: (-totals[topic], str(topic)))[:CONFUSED]
    lines = []
    for true in chosen:
        of_row = sum(count for (_said, is_true), count in counts.items() if is_true == true)
        cells = [_cell(counts.get((said, true), 0), of_row, said, true, period) for said in chosen]
        lines.append({"name": _name(true, topics), "cells": cells})
    return {"names": [_name(each, topics) for each in chosen], "rows": lines, "more": len(totals) - len(chosen)}


def _cell(count: int, of_row: int, said: int | None, true: int | None, period: Period) -> Cell:
    shade = min(5, 1 + int(4 * count / of_row)) if count else 0
    link = figure(count, "compared", weeks=period.weeks, said=said or "none", truth=true or "none")
    return Cell(link, shade, said == true)


def _drift(rows: Sequence[Judged], champion: ModelVersion | None) -> dict[str, Any] | None:
    """Of the last seven days, against what the model that decides has learnt."""
    if champion is None:
        return None
    since = timezone.now() - timedelta(days=7)
    seen = [row.drift for row in rows if row.at >= since and row.model == champion.pk]
    found = trust.drift(champion.scores.get("drift") or (), seen, champion.scores.get("rows", 0))
    if found is None:
        return None
    return {
        "found": found,
        "index": f"{found.index:.2f}",
        "limit": f"{found.limit:.2f}",
        "rows": whole(found.rows),
        "unseen": percent(found.unseen),
        "usual": percent(found.usual),
        "needs": trust.DRIFT_ROWS,
        "is_enough": found.rows >= trust.DRIFT_ROWS,
    }


def _curve(champion: ModelVersion | None) -> dict[str, Any] | None:
    points_ = (champion.scores.get("curve") or []) if champion else []
    if len(points_) < 2:
        return None
    values = [charts.Value(whole(each["rows"]), each["accuracy"], each["low"], each["high"]) for each in points_]
    gained = trust.gain([(each["rows"], each["accuracy"], each["tested"]) for each in points_])
    rows = [(whole(each["rows"]), percent(each["accuracy"]), interval(each["low"], each["high"])) for each in points_]
    return {
        "chart": charts.line(values, [each["rows"] for each in points_]),
        "rows": rows,
        "gain": gained and {"value": points(gained.value), "low": points(gained.low), "high": points(gained.high)},
    }


# The conversations behind a number


@require_GET
@managers
def listing(request: HttpRequest) -> HttpResponse:
    """The conversations that a number counts."""
    kind = request.GET.get("kind", "verdicts")
    if kind not in KINDS:
        raise Http404
    begin, end = _span(request)
    rows = trust.of_kind(trust.judged(viewer(request), begin, end), kind)
    for test in _filters(request):
        rows = [row for row in rows if test(row)]
    shown = Paginator(rows[::-1], SHOWN).get_page(request.GET.get("page"))
    context = {
        "kind": kind,
        "title": _titles()[kind],
        "shown": shown,
        "total": len(rows),
        "told": whole(len(rows)),
        "rows": _with_conversations(shown.object_list, request),
        "query": _query(request),
    }
    return page(request, "trust", "triage/trust_rows.html", context)


def _titles() -> dict[str, str]:
    return {
        "verdicts": _("Read by triage"),
        "alone": _("Decided alone"),
        "abstained": _("Left to people"),
        "checked": _("Decided alone and seen by somebody"),
        "right": _("Decided alone and not corrected"),
        "corrected": _("Decided alone and corrected"),
        "moved": _("Moved to another team by somebody"),
        "compared": _("Said and known"),
    }


def _span(request: HttpRequest) -> tuple[datetime, datetime]:
    week = request.GET.get("week")
    if week is None:
        period = Period.asked(request)
        return period.begin, period.end
    try:
        day = datetime.fromisoformat(week).replace(tzinfo=timezone.get_current_timezone())
        begin = trust.week_of(day)
        return begin, begin + timedelta(weeks=1)
    except (ValueError, OverflowError):
        raise Http404 from None


def _filters(request: HttpRequest) -> list[Callable[[Judged], bool]]:
    found: list[Callable[[Judged], bool]] = []
    for name, read in (("topic", _said), ("said", _said), ("truth", _true)):
        if (asked := request.GET.get(name)) is not None:
            found.append(_is(read, _key(asked)))
    if (low := request.GET.get("bin")) is not None:
        found.append(_in_bin(low))
    return found


def _said(row: Judged) -> int | None:
    return row.topic


def _true(row: Judged) -> int | None:
    return row.about


def _is(read: Callable[[Judged], int | None], key: int | None) -> Callable[[Judged], bool]:
    return lambda row: read(row) == key


def _in_bin(text: str) -> Callable[[Judged], bool]:
    if text not in {f"{at / 10}" for at in range(10)}:
        raise Http404
    return lambda row: trust.in_bin(row, float(text))


def _key(text: str) -> int | None:
    if text == "none":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)


def _query(request: HttpRequest) -> str:
    """What is asked, for the links to other pages of the list."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()


def _with_conversations(rows: Sequence[Judged], request: HttpRequest) -> list[dict[str, Any]]:
    keys = [row.conversation for row in rows]
    mine = Conversation.objects.visible_to(viewer(request)).select_related("customer", "team")
    found = mine.in_bulk(keys)
    topics = dict(Topic.objects.values_list("pk", "name"))
    return [
        {
            "conversation": found[row.conversation],
            "at": row.at,
            "said": _name(row.topic, topics),
            "probability": percent(row.probability),
            "truth": _name(row.truth, topics) if row.decided else "",
            "row": row,
        }
        for row in rows
        if row.conversation in found
    ]


# What teaches most


@require_GET
@managers
def labels(request: HttpRequest) -> HttpResponse:
    """The fifty conversations whose topic would teach most."""
    found = trust.worth_labelling(viewer(request), timezone.now())
    topics = list(Topic.objects.exclude(profile__is_active=False))
    return page(
        request, "trust", "triage/trust_labels.html", {"rows": [_asked(each) for each in found], "topics": topics}
    )


def _asked(suggestion: trust.Suggestion) -> dict[str, Any]:
    verdict = suggestion.verdict
    return {
        "verdict": verdict,
        "text": suggestion.text,
        "likely": [
            {"key": each["topic"], "name": each["name"], "share": percent(each["probability"])} for each in verdict.top
        ],
    }


@require_POST
@managers
def label(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody says what a conversation is about."""
    agent, now = viewer(request), timezone.now()
    conversation = get_object_or_404(Conversation.objects.visible_to(agent), public_id=public_id)
    topic = get_object_or_404(Topic, pk=_key(request.POST.get("topic", "")) or 0)
    verdict = Verdict.objects.filter(conversation=conversation, is_last=True).first()
    try:
        if verdict is not None and verdict.topic_id == topic.pk:
            actions.confirm(conversation, by=agent, now=now)
        else:
            talk.set_topic(conversation, topic, by=agent, now=now)
            actions.hear_now(conversation)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("triage-labels")
    if getattr(request, "htmx", False):
        return page(request, "trust", "triage/trust_labelled.html", {"topic": topic})
    messages.success(request, _("Noted: {topic}.").format(topic=topic.name))
    return redirect("triage-labels")
