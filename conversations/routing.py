"""Addresses of the websockets."""

from __future__ import annotations

from django.urls import path

from conversations.consumers.inbox import inbox
from conversations.consumers.messenger import messenger

websocket_urlpatterns = [
    path("ws/messenger/", messenger),  # type: ignore[arg-type]  # ASGI applications, for channels' URLRouter
    path("ws/inbox/", inbox),  # type: ignore[arg-type]
]
