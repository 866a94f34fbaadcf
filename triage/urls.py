"""Addresses of triage: the managers' pages, and the card beside a conversation."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from triage import api
from triage.views import card, imports, models, settings, topics, trust, trust_labels, trust_rows

_ONE = "api/v1/conversations/<str:id>/"

_THREAD = "inbox/c/<uuid:public_id>/triage/"

urlpatterns = [
    path(_THREAD, card.card, name="triage-card"),
    path(f"{_THREAD}confirmation/", card.confirmation, name="triage-confirmation"),
    path(f"{_ONE}verdict/", api.TheVerdict.as_view()),
    path(f"{_ONE}verdict/confirmation/", api.Confirmation.as_view()),
    path(f"{_ONE}verdict/correction/", api.TheCorrection.as_view()),
    path("triage/", RedirectView.as_view(pattern_name="triage-trust"), name="triage"),
    path("triage/trust/", trust.overview, name="triage-trust"),
    path("triage/trust/conversations/", trust_rows.listing, name="triage-rows"),
    path("triage/trust/labels/", trust_labels.labels, name="triage-labels"),
    path("triage/trust/labels/<uuid:public_id>/", trust_labels.label, name="triage-label"),
    path("triage/models/", models.listing, name="triage-models"),
    path("triage/models/training/", models.training, name="triage-training"),
    path("triage/models/training/<int:key>/cancellation/", models.cancellation, name="triage-cancellation"),
    path("triage/models/<int:key>/promotion/", models.promotion, name="triage-promotion"),
    path("triage/models/<int:key>/watching/", models.watching, name="triage-watching"),
    path("triage/models/<int:key>/retirement/", models.retirement, name="triage-retirement"),
    path("triage/imports/", imports.listing, name="triage-imports"),
    path("triage/imports/progress/", imports.progress, name="triage-imports-progress"),
    path("triage/imports/<int:key>/", imports.preview, name="triage-import"),
    path("triage/imports/<int:key>/again/", imports.again, name="triage-import-again"),
    path("triage/topics/", topics.listing, name="triage-topics"),
    path("triage/topics/new/", topics.creation, name="triage-topic-new"),
    path("triage/topics/starter/", topics.starter, name="triage-starter"),
    path("triage/topics/none/", topics.none, name="triage-none"),
    path("triage/topics/none/examples/", topics.examples, name="triage-none-examples"),
    path("triage/topics/none/examples/removal/", topics.removal, name="triage-none-removal"),
    path("triage/topics/<int:key>/", topics.topic, name="triage-topic"),
    path("triage/topics/<int:key>/examples/", topics.examples, name="triage-examples"),
    path("triage/topics/<int:key>/examples/removal/", topics.removal, name="triage-removal"),
    path("triage/settings/", settings.settings, name="triage-settings"),
    path("triage/settings/teams/<int:key>/", settings.team, name="triage-team"),
]
