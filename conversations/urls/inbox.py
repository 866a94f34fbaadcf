"""Addresses of the inbox."""

from __future__ import annotations

from django.urls import path

from conversations.views.inbox import choices, customer, desk, drafts, nouns, presence, searching

_THREAD = "inbox/c/<uuid:public_id>/"

urlpatterns = [
    path("inbox/", desk.home, name="inbox"),
    path("inbox/choices/", choices.choices, name="inbox-choices"),
    path("inbox/search/", searching.page, name="inbox-search-page"),
    path("inbox/me/availability/", presence.availability, name="availability"),
    path(_THREAD, desk.conversation, name="inbox-conversation"),
    path(f"{_THREAD}thread/", desk.thread, name="inbox-thread"),
    path(f"{_THREAD}siblings/", desk.siblings, name="inbox-siblings"),
    path(f"{_THREAD}customer/", customer.pane, name="inbox-customer"),
    path(f"{_THREAD}closure/", nouns.closure, name="inbox-closure"),
    path(f"{_THREAD}claim/", nouns.claim, name="inbox-claim"),
    path(f"{_THREAD}assignment/", nouns.assignment, name="inbox-assignment"),
    path(f"{_THREAD}team/", nouns.team, name="inbox-team"),
    path(f"{_THREAD}snooze/", nouns.snooze, name="inbox-snooze"),
    path(f"{_THREAD}priority/", nouns.priority, name="inbox-priority"),
    path(f"{_THREAD}topic/", nouns.topic, name="inbox-topic"),
    path(f"{_THREAD}status/", nouns.status, name="inbox-status"),
    path(f"{_THREAD}tags/", nouns.tags, name="inbox-tags"),
    path(f"{_THREAD}follow/", nouns.follow, name="inbox-follow"),
    path(f"{_THREAD}merge/", nouns.merge, name="inbox-merge"),
    path(f"{_THREAD}split/", nouns.split, name="inbox-split"),
    path(f"{_THREAD}parts/<int:number>/redaction/", nouns.redaction, name="inbox-redaction"),
    path(f"{_THREAD}draft/<str:kind>/", drafts.draft, name="inbox-draft"),
    path("inbox/<slug:slug>/", desk.view, name="inbox-view"),
    path("inbox/<slug:slug>/rows/", desk.rows, name="inbox-rows"),
]
