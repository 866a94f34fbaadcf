"""The door every view of the API stands behind: who may do what, how fast, and in which form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conversations.api import answers
from conversations.api.answers import Failure
from conversations.api.credentials import Bearer, Session
from conversations.errors import SlowDown
from conversations.strict_json import parse_object
from people.limits import Limit
from people.models import Agent, ApiToken, Role

REQUESTS = Limit("requests to the API", most=600, seconds=60)


class Allowed(BasePermission):
    """Agents, within their role and the scope of the token they use."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        agent = request.user
        if not isinstance(agent, Agent) or not agent.is_active:
            raise exceptions.NotAuthenticated
        token = request.auth
        if isinstance(token, ApiToken) and token.scope == ApiToken.Scope.READ and request.method not in SAFE_METHODS:
            raise Failure(403, "forbidden", "This token may only read.")
        roles = getattr(view, "roles", {}).get(request.method)
        if roles is not None and agent.role not in roles:
            raise Failure(403, "forbidden", "Your role does not allow that.")
        if wait := REQUESTS.take(f"agent {agent.pk}"):
            raise SlowDown(wait)
        return True


class ApiView(APIView):
    """One address. `roles` names, for a method, the only roles that may use it."""

    authentication_classes = [Bearer, Session]
    permission_classes = [Allowed]
    renderer_classes = [answers.Wire]
    metadata_class = None
    roles: ClassVar[Mapping[str, frozenset[Role]]] = {}

    @property
    def agent(self) -> Agent:
        return cast("Agent", self.request.user)

    @property
    def now(self) -> datetime:
        return timezone.now()

    def get_exception_handler(self) -> Any:
        return answers.handler

    def finalize_response(self, request: HttpRequest, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Answers are for one agent and for now."""
        made = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        made.headers.setdefault("Cache-Control", "no-store")
        return made

    def sent(self, *, optional: bool = False) -> dict[str, Any]:
        """The JSON object in the body. DRF's own parsing is passed by: it accepts what we do not.

        Raises:
            BadRequest, UnsupportedMediaType: it is none.
        """
        request = self.request._request  # noqa: SLF001 - the public way would parse the body
        if optional and not request.body:
            return {}
        if request.body and request.content_type != "application/json":
            raise exceptions.UnsupportedMediaType(request.content_type or "")
        return parse_object(request.body)


class NotThere(ApiView):
    """Every address that is none."""

    schema = None

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the reference describes tokens."""

    target_class = Bearer
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API token: parley_…"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the reference describes the inbox's cookie."""

    target_class = Session
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
