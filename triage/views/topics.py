"""The desk's topics: what they mean, and examples of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from conversations.models import Topic
from triage.views.sections import managers, page


@require_GET
@managers
def listing(request: HttpRequest) -> HttpResponse:
    return page(request, "topics", "triage/topics.html", {"topics": Topic.objects.select_related("profile__team")})
