"""The REST API's default answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

if TYPE_CHECKING:  # rest_framework.views imports this module while it loads
    from rest_framework.request import Request
    from rest_framework.views import APIView


class Nobody(BasePermission):
    """A view that forgot to say who may use it is used by nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """No."""
        return False
