"""The conversations behind a number of the trust page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from conversations.models import Conversation, Topic
from triage import trust
from triage.texts import texts_of
from triage.trust import KINDS, Judged
from triage.views.figures import interval, percent, whole
from triage.views.sections import managers, page, viewer
from triage.views.trust import Period, name_of

SHOWN = 50  # conversations on a page


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
        "rows": _with_conversations(list(shown.object_list), request),
        "query": _query(request),
        "filters": _told(request, begin),
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


def _told(request: HttpRequest, begin: datetime) -> list[str]:
    """The filters in words."""
    topics = dict(Topic.objects.values_list("pk", "name"))
    found = []
    if "week" in request.GET:
        found.append(_("Week of {day}").format(day=date_format(begin, "j M Y")))
    for name, words in (
        ("topic", _("Triage said: {topic}")),
        ("said", _("Triage said: {topic}")),
        ("truth", _("It is: {topic}")),
    ):
        if name in request.GET:
            found.append(words.format(topic=name_of(_key(request.GET[name]), topics)))
    if "bin" in request.GET:
        low = float(request.GET["bin"])
        found.append(_("Sure: {range}").format(range=interval(low, low + 0.1)))
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
    texts = texts_of(keys)
    return [
        {
            "conversation": found[row.conversation],
            "text": texts[row.conversation].opening,
            "at": row.at,
            "said": name_of(row.topic, topics),
            "probability": percent(row.probability),
            "truth": name_of(row.truth, topics) if row.decided else "",
            "row": row,
        }
        for row in rows
        if row.conversation in found
    ]
