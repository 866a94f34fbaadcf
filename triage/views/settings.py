"""How the desk wants its triage, and how its teams take their work."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from people.models import Team
from triage.actions.configuring import DeskFacts, TeamFacts, configure, configure_team
from triage.forms import DeskForm, TeamForm
from triage.models import Desk, TeamRouting
from triage.views.sections import managers, page, status, viewer


@require_http_methods(["GET", "POST"])
@managers
def settings(request: HttpRequest) -> HttpResponse:
    desk = Desk.current()
    form = DeskForm(request.POST, plans=desk.plans) if request.method == "POST" else DeskForm.about(desk)
    if form.is_bound and form.is_valid():
        configure(_facts(form), by=viewer(request), now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("triage-settings")
    teams = Team.objects.select_related("routing")
    return page(request, "settings", "triage/settings.html", {"form": form, "teams": teams}, status=status(form))


def _facts(form: DeskForm) -> DeskFacts:
    names = ("mode", "threshold", "triage_team", "languages", "retrains", "pipeline")
    return DeskFacts(**{name: form.cleaned_data[name] for name in names}, plans=form.hurries)


@require_http_methods(["GET", "POST"])
@managers
def team(request: HttpRequest, key: int) -> HttpResponse:
    found = get_object_or_404(Team, pk=key)
    routing = TeamRouting.objects.filter(team=found).first() or TeamRouting(team=found)
    form = TeamForm(request.POST) if request.method == "POST" else TeamForm.about(routing)
    if form.is_bound and form.is_valid():
        configure_team(found, TeamFacts(**form.cleaned_data), by=viewer(request))
        messages.success(request, _("Saved."))
        return redirect("triage-settings")
    return page(request, "settings", "triage/team.html", {"form": form, "team": found}, status=status(form))
