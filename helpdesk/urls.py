"""Every address of the desk. `/healthz` and `/readyz` are answered before Django, in `helpdesk.asgi`."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated

from helpdesk import reference

# The core works without the packages beside it.
_SIBLINGS = [path("", include(f"{name}.urls")) for name in ("triage",) if apps.is_installed(name)]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="inbox")),
    path("admin/", admin.site.urls),
    path("", include("people.urls")),
    *_SIBLINGS,  # before the API's last address, which takes everything
    path("", include("conversations.urls")),
    path("api/schema/", SpectacularAPIView.as_view(permission_classes=[IsAuthenticated]), name="schema"),
    path("api/docs/", reference.page, name="api-docs"),
]
