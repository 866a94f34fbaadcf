"""The address of search."""

from __future__ import annotations

from django.urls import path

from conversations.views import search

urlpatterns = [path("inbox/search", search.inbox_search, name="inbox-search")]
