"""Addresses of files."""

from __future__ import annotations

from django.urls import path

from conversations.views import downloads, files

urlpatterns = [
    path("messenger/<str:site>/files", files.messenger_upload, name="messenger-files"),
    path("messenger/<str:site>/files/<path:key>", files.messenger_link, name="messenger-file"),
    path("inbox/files", files.inbox_upload, name="inbox-files"),
    path("inbox/files/<path:key>", files.inbox_link, name="inbox-file"),
    path("files/<path:sealed>", downloads.follow, name="file"),
]
