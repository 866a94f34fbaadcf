"""The tutorial's server."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.tutorial.settings")
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 - Django first
from django.urls import path  # noqa: E402

from bench.tutorial.consumers import Room  # noqa: E402

application = ProtocolTypeRouter({"websocket": URLRouter([path("room/<int:room>/", Room.as_asgi())])})  # type: ignore[arg-type,list-item]
