"""Addresses of triage: the managers' pages, and the card beside a conversation."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from triage import api
from triage.views import card, settings, topics

_ONE = "api/v1/conversations/<str:id>/"

_THREAD = "inbox/c/<uuid:public_id>/triage/"

urlpatterns = [
    path(_THREAD, card.card, name="triage-card"),
    path(f"{_THREAD}confirmation/", card.confirmation, name="triage-confirmation"),
    path(f"{_ONE}verdict/", api.TheVerdict.as_view()),
    path(f"{_ONE}verdict/confirmation/", api.Confirmation.as_view()),
    path(f"{_ONE}verdict/correction/", api.TheCorrection.as_view()),
    path("triage/", RedirectView.as_view(pattern_name="triage-topics"), name="triage"),
    path("triage/topics/", topics.listing, name="triage-topics"),
    path("triage/topics/new/", topics.creation, name="triage-topic-new"),
    path("triage/topics/none/", topics.none, name="triage-none"),
    path("triage/topics/none/examples/", topics.examples, name="triage-none-examples"),
    path("triage/topics/none/examples/removal/", topics.removal, name="triage-none-removal"),
    path("triage/topics/<int:key>/", topics.topic, name="triage-topic"),
    path("triage/topics/<int:key>/examples/", topics.examples, name="triage-examples"),
    path("triage/topics/<int:key>/examples/removal/", topics.removal, name="triage-removal"),
    path("triage/settings/", settings.settings, name="triage-settings"),
    path("triage/settings/teams/<int:key>/", settings.team, name="triage-team"),
]
