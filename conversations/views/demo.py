"""Northwind, a small shop that does not exist: what a customer's site looks like with our launcher on it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from conversations.models import Touchpoint
from conversations.views.goods import GOODS

DEMO = "demo"
PLACES = {"cart", *(each.slug for each in GOODS)}


@require_safe
def shop(request: HttpRequest, place: str = "") -> HttpResponse:
    """The shop's only page. Its script shows products without loading another, as many shops do."""
    touchpoint = get_object_or_404(Touchpoint, key=DEMO)
    if place and place not in PLACES:
        raise Http404
    context = {"touchpoint": touchpoint, "brand": touchpoint.look.get("color"), "goods": GOODS, "place": place}
    return render(request, "demo/shop.html", context)
