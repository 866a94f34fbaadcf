"""Past messages from a file: send it, say what its columns mean, watch it being read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations.errors import Refusal
from conversations.models import Topic
from triage import actions
from triage.models import Import
from triage.views.figures import percent, whole
from triage.views.sections import managers, page, viewer

SHOWN = 30
MAPPED = 80  # values of the topic column that can be mapped one by one; a form has room for no more


@require_http_methods(["GET", "POST"])
@managers
def listing(request: HttpRequest) -> HttpResponse:
    """Files sent so far; POST sends another."""
    if request.method == "POST":
        return _received(request)
    return page(request, "imports", "triage/imports.html", _shown())


@managers
def progress(request: HttpRequest) -> HttpResponse:
    """The list alone, which the page asks for while a file is read."""
    return page(request, "imports", "triage/imports_list.html", _shown())


def _shown() -> dict[str, Any]:
    batches = list(Import.objects.select_related("author")[:SHOWN])
    rows = [
        {
            "batch": batch,
            "share": percent(batch.share),
            "read": whole(batch.rows_read),
            "total": whole(batch.rows_total),
            "kept": whole(batch.kept),
            "left": [(word, whole(batch.left_out[name])) for name, word in _left().items() if batch.left_out.get(name)],
        }
        for batch in batches
    ]
    return {"rows": rows, "going": any(batch.state == Import.State.RUNNING for batch in batches)}


def _left() -> dict[str, str]:
    return {
        "duplicate": _("already known"),
        "skipped": _("without a topic, or left out"),
        "empty": _("without a message"),
    }


def _received(request: HttpRequest) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None or isinstance(upload, list):
        messages.error(request, _("Choose a file first."))
        return redirect("triage-imports")
    try:
        batch = actions.receive(upload.chunks(), upload.name or "", by=viewer(request), now=timezone.now())
    except Refusal as refusal:
        return page(
            request, "imports", "triage/imports.html", {**_shown(), "problem": refusal.message}, status=refusal.status
        )
    if batch.state != Import.State.WAITING:
        messages.info(request, _("This file is here already; nothing is read twice."))
        return redirect("triage-imports")
    return redirect("triage-import", batch.pk)


@require_http_methods(["GET", "POST"])
@managers
def preview(request: HttpRequest, key: int) -> HttpResponse:
    """The file's first rows, and which of its columns mean what; POST has it read."""
    batch = get_object_or_404(Import, pk=key)
    if batch.state != Import.State.WAITING:
        return redirect("triage-imports")
    try:
        look = actions.look_at(actions.place_of(batch))
        chosen = _chosen(request.POST if request.method == "POST" else request.GET, look)
        if request.method == "POST":
            actions.choose(batch, **chosen, **_mapping(request.POST), by=viewer(request), now=timezone.now())
            return redirect("triage-imports")
        return _preview(request, batch, look, chosen)
    except Refusal as refusal:
        return page(
            request,
            "imports",
            "triage/imports_columns.html",
            {"batch": batch, "problem": refusal.message},
            status=refusal.status,
        )


def _preview(request: HttpRequest, batch: Import, look: Any, chosen: Mapping[str, Any]) -> HttpResponse:
    context: dict[str, Any] = {
        "batch": batch,
        "look": look,
        "first": [[row.get(name, "") for name in look.columns] for row in look.first],
        "chosen": chosen,
        "topics": list(Topic.objects.all()),
    }
    if chosen["topic"]:
        try:
            values = _values(batch, chosen["topic"], context["topics"])
            context |= {"values": values[:MAPPED], "more": max(0, len(values) - MAPPED)}
        except Refusal as refusal:
            context["problem"] = refusal.message
    return page(request, "imports", "triage/imports_columns.html", context, status=422 if "problem" in context else 200)


def _chosen(given: Mapping[str, Any], look: Any) -> dict[str, Any]:
    """Which columns were chosen, or what they are guessed to be."""
    texts = given.getlist("text") if hasattr(given, "getlist") else []
    if not texts and "topic" not in given:
        return {"text": [look.text] if look.text else [], "topic": look.topic, "priority": look.priority}
    return {"text": texts, "topic": given.get("topic", ""), "priority": given.get("priority", "")}


def _values(batch: Import, column: str, topics: list[Topic]) -> list[dict[str, Any]]:
    """Each value of the topic column, how often it comes, and the desk's topic of that name, if there is one."""
    by_name = {topic.name.lower(): topic.pk for topic in topics}
    found = actions.values_of(actions.place_of(batch), column)
    return [{"value": value, "count": whole(count), "topic": by_name.get(value.lower())} for value, count in found]


def _mapping(given: Any) -> dict[str, Any]:
    """What becomes of each value, as the form's pairs of fields say."""
    values, targets = given.getlist("value"), given.getlist("target")
    return {"mapping": dict(zip(values, targets, strict=False)), "others": given.get("others", "new")}


@require_POST
@managers
def again(request: HttpRequest, key: int) -> HttpResponse:
    """Read on where a failed one stopped."""
    try:
        actions.start_over(get_object_or_404(Import, pk=key), by=viewer(request), now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("triage-imports")
