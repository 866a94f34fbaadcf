"""The search page, and the same results for the popup over the inbox."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
@login_required
def search(request: HttpRequest) -> HttpResponse:
    return render(request, "inbox/search.html", {"query": request.GET.get("q", "")})
