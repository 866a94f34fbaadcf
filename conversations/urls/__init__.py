"""Every address of conversations, one list for each kind of reader."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("conversations.urls.api")),
    path("", include("conversations.urls.files")),
    path("", include("conversations.urls.inbox")),
    path("", include("conversations.urls.messenger")),
    path("", include("conversations.urls.search")),
]
