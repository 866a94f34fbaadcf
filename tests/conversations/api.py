"""The REST API as programs use it, for tests."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from rest_framework.views import APIView

from conversations.models import Conversation, Part
from conversations.urls import api
from people import actions as people
from people.models import Agent, ApiToken
from tests.conversations.desk import agent, conversation, says
from triage import urls as triage

ROOT = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass
class Caller:
    """Somebody with a token, or with none."""

    secret: str = ""

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        raw: bytes | None = None,
    ) -> Any:
        """One request below /api/v1/, with a name that makes equal answers equal in every byte."""
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        sent = {"X-Request-ID": "test", "Content-Type": "application/json", **(headers or {})}
        if self.secret:
            sent.setdefault("Authorization", f"Bearer {self.secret}")
        kind = sent.pop("Content-Type")
        client = Client(raise_request_exception=False)
        return client.generic(method.upper(), ROOT + path, data, content_type=kind, headers=sent)

    def get(self, path: str) -> Any:
        """The JSON that comes back."""
        answer = self("get", path)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)


def caller(agent: Agent, scope: ApiToken.Scope = ApiToken.Scope.WRITE) -> Caller:
    """An agent's program."""
    _, secret = people.create_token(agent, name="test", scope=scope, days=1, now=timezone.now() - timedelta(minutes=5))
    return Caller(secret)


def error(answer: Any) -> dict[str, Any]:
    """What was refused, and why."""
    assert answer["Content-Type"] == "application/json"
    found: dict[str, Any] = json.loads(answer.content)["error"]
    assert set(found) >= {"code", "message", "field", "request_id"}
    return found


def operations() -> Iterator[tuple[str, str]]:
    """Method and route of everything the API answers, from its URLconf."""
    for pattern in (*api.urlpatterns, *triage.urlpatterns):
        view: Any = pattern.callback
        if hasattr(view, "cls") and view.cls.schema is not None:
            yield from ((method, _plain(str(pattern.pattern))) for method in METHODS if _has(view.cls, method))


def _has(view: type[APIView], method: str) -> bool:
    return hasattr(view, method)


def _plain(route: str) -> str:
    """As the reference writes it, without the root that all share."""
    return route.removeprefix("api/v1/").replace("<str:", "{").replace(">", "}")


class Place:
    """One conversation and somebody who may see it."""

    def __init__(self) -> None:
        self.where = conversation()
        says(self.where, "My order never arrived")
        self.anna = agent()
        self.caller = caller(self.anna)
        self.path = f"conversations/{self.where.public_id}/"

    def post(self, **fields: Any) -> Any:
        """Send a message."""
        return self.caller("post", f"{self.path}parts/", {"client_id": str(uuid.uuid4()), **fields})


def state() -> list[Any]:
    """Every row that a request could have changed."""
    return [list(model._default_manager.order_by("pk").values()) for model in (Conversation, Part)]
