"""What customers and their browsers ask for."""

from __future__ import annotations

from django.urls import URLPattern, path

from conversations.views import demo, messenger

urlpatterns: list[URLPattern] = [
    path("w.js", messenger.loader, name="loader"),
    path("messenger/<slug:site>/", messenger.messenger_page, name="messenger"),
    path("demo/", demo.shop, name="demo"),
    path("demo/<slug:place>/", demo.shop, name="demo-place"),
]
