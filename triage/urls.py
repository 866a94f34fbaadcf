"""Addresses of triage: the managers' pages, and the card beside a conversation."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from triage.views import topics

urlpatterns = [
    path("triage/", RedirectView.as_view(pattern_name="triage-topics"), name="triage"),
    path("triage/topics/", topics.listing, name="triage-topics"),
]
