"""The desk's topics: what they mean, and examples of them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations.errors import Refusal
from conversations.models import Topic
from triage.actions import install_starter, taxonomy
from triage.actions.taxonomy import Added, TopicFacts
from triage.forms import ExamplesForm, TopicForm
from triage.models import Correction, Example, TopicProfile
from triage.views.sections import managers, page, refuse, status, viewer

SHOWN = 50  # examples on a page


@require_GET
@managers
def listing(request: HttpRequest) -> HttpResponse:
    topics = Topic.objects.select_related("profile__team").annotate(
        example_count=_counted(Example.objects.filter(topic=OuterRef("pk"))),
        correction_count=_counted(
            Correction.objects.filter(topic=OuterRef("pk"), field=Correction.Field.TOPIC, is_last=True)
        ),
    )
    context = {
        "topics": topics,
        "bare_count": sum(not each.example_count and not each.correction_count for each in topics),
        "has_starter": TopicProfile.objects.exclude(key="").exists(),
        "none_count": Example.objects.filter(topic=None).count(),
    }
    return page(request, "topics", "triage/topics.html", context)


def _counted(rows: QuerySet[Example] | QuerySet[Correction]) -> Coalesce:
    """How many there are of each topic, counted apart: two joins would multiply each other."""
    count = rows.order_by().values("topic").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


@require_POST
@managers
def starter(request: HttpRequest) -> HttpResponse:
    """The topics, examples and model that Parley comes with."""
    started = install_starter(by=viewer(request), now=timezone.now(), language=get_language() or "")
    said = [
        ngettext("{n} topic added.", "{n} topics added.", started.topics).format(n=started.topics),
        ngettext("{n} example added.", "{n} examples added.", started.examples).format(n=started.examples),
        _("Triage can read now; the settings switch it on.") if started.version else "",
    ]
    messages.success(request, " ".join(text for text in said if text))
    return redirect("triage-topics")


@require_http_methods(["GET", "POST"])
@managers
def creation(request: HttpRequest) -> HttpResponse:
    form = TopicForm(request.POST) if request.method == "POST" else TopicForm()
    if form.is_bound and form.is_valid():
        try:
            topic = taxonomy.create_topic(TopicFacts(**form.cleaned_data), by=viewer(request))
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved. Give it some examples, so that triage learns to know it."))
            return redirect("triage-topic", topic.pk)
    return page(request, "topics", "triage/topic.html", {"form": form}, status=status(form))


@require_http_methods(["GET", "POST"])
@managers
def topic(request: HttpRequest, key: int) -> HttpResponse:
    found = get_object_or_404(Topic, pk=key)
    profile = TopicProfile.objects.select_related("topic").filter(topic=found).first() or TopicProfile(topic=found)
    form = TopicForm(request.POST) if request.method == "POST" else TopicForm.about(profile)
    if form.is_bound and form.is_valid():
        try:
            taxonomy.change_topic(found, TopicFacts(**form.cleaned_data), by=viewer(request))
        except Refusal as refusal:
            refuse(form, refusal)
            found.refresh_from_db()
        else:
            messages.success(request, _("Saved."))
            return redirect("triage-topic", found.pk)
    return _with_examples(request, found, {"form": form}, status(form))


@require_GET
@managers
def none(request: HttpRequest) -> HttpResponse:
    """Messages that are about none of the topics."""
    return _with_examples(request, None, {}, 200)


@require_POST
@managers
def examples(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """Add examples of a topic, or of none."""
    found = get_object_or_404(Topic, pk=key) if key is not None else None
    form = ExamplesForm(request.POST)
    if form.is_valid():
        try:
            added = taxonomy.add_examples(found, form.lines, by=viewer(request), now=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _told(added))
            return redirect(_address(found))
    return _with_examples(request, found, {"examples_form": form}, 422)


@require_POST
@managers
def removal(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """Remove the chosen examples of a topic, or of none."""
    found = get_object_or_404(Topic, pk=key) if key is not None else None
    keys = [int(each) for each in request.POST.getlist("example") if each.isascii() and each.isdigit()]
    count = taxonomy.remove_examples(found, (each for each in keys if each < 2**63), by=viewer(request))
    messages.success(request, ngettext("{n} example removed.", "{n} examples removed.", count).format(n=count))
    return redirect(_address(found))


def _with_examples(request: HttpRequest, found: Topic | None, context: dict[str, object], code: int) -> HttpResponse:
    """A topic's page with its examples; what was refused stays as it was typed."""
    rows = Example.objects.filter(topic=found).select_related("author")
    known: dict[str, object] = {"topic": found, "address": _address(found), "examples_form": ExamplesForm()}
    if found is not None and "form" not in context:
        profile = TopicProfile.objects.select_related("topic").filter(topic=found).first()
        known["form"] = TopicForm.about(profile or TopicProfile(topic=found))
    pages = Paginator(rows, SHOWN)
    known["examples"] = pages.get_page(request.GET.get("page"))
    template = "triage/topic.html" if found else "triage/none.html"
    return page(request, "topics", template, {**known, **context}, status=code)


def _address(found: Topic | None) -> str:
    return reverse("triage-topic", args=[found.pk]) if found else reverse("triage-none")


def _told(added: Added) -> str:
    """What became of the examples that were typed in."""
    said = [
        (added.kept, ngettext("{n} example added.", "{n} examples added.", added.kept)),
        (added.moved, ngettext("{n} moved here from another topic.", "{n} moved here from other topics.", added.moved)),
        (added.known, ngettext("{n} was here already.", "{n} were here already.", added.known)),
    ]
    return " ".join(text.format(n=count) for count, text in said if count)
