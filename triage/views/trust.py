"""How far triage can be trusted: the numbers, and the conversations behind each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from conversations.models import Topic
from triage import trust
from triage.models import Desk, ModelVersion
from triage.trust import KINDS, Judged
from triage.views import charts
from triage.views.figures import Figure, figure, interval, percent, points, whole
from triage.views.sections import managers, page, viewer

PERIODS = (4, 8, 26)  # weeks
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
        {"name": name_of(topic, topics), **_shown(count, weeks=period.weeks, topic=topic or "none")}
        for topic, count in counted
    ]


def name_of(topic: int | None, topics: Mapping[int, str]) -> str:
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
        lines.append({"name": name_of(true, topics), "cells": cells})
    return {"names": [name_of(each, topics) for each in chosen], "rows": lines, "more": len(totals) - len(chosen)}


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
