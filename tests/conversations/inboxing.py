"""Asking the inbox's addresses, for tests."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from django.test import Client

from conversations.models import Conversation


def asking(client: Client) -> Callable[..., Any]:
    """Ask as whoever is signed in: (status, JSON)."""

    def send(method: str, path: str, body: Any = None, raw: bytes | None = None) -> tuple[int, Any]:
        data = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        answer = client.generic(method, path, data, content_type="application/json")
        is_json = answer.headers.get("Content-Type") == "application/json"
        return answer.status_code, (answer.json() if is_json else answer.content.decode())

    return send


def address(conversation: Conversation | uuid.UUID, noun: str = "") -> str:
    public_id = conversation.public_id if isinstance(conversation, Conversation) else conversation
    return f"/inbox/c/{public_id}/{noun}"
