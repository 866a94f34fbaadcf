"""Sending and fetching files in tests."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client

from conversations.actions.files import store_upload
from conversations.files.access import Uploader
from conversations.models import Attachment, MessengerSession, Touchpoint
from conversations.tokens import token_hash
from people.models import Agent, Customer
from tests.conversations.desk import NOON, touchpoint


def new_token() -> str:
    return secrets.token_urlsafe(32)


def somewhere() -> str:
    """An address of its own for each visitor, because each may send only so much."""
    return ".".join(str(1 + secrets.randbelow(250)) for _ in range(4))


@dataclass
class Browser:
    """A visitor's messenger."""

    site: Touchpoint = field(default_factory=touchpoint)
    token: str = field(default_factory=new_token)
    address: str = field(default_factory=somewhere)

    @property
    def hashed(self) -> str:
        return token_hash(self.token)

    @property
    def uploader(self) -> Uploader:
        return Uploader(token_hash=self.hashed)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def becomes(self, customer: Customer, **fields: Any) -> None:
        MessengerSession.objects.create(
            token_hash=self.hashed, customer=customer, touchpoint=self.site, last_seen_at=NOON, **fields
        )

    def upload(self, name: str, content: bytes, **more: Any) -> Any:
        """The answer: status and JSON."""
        return self.send({"file": SimpleUploadedFile(name, content)}, **more)

    def send(self, data: Any, **more: Any) -> Any:
        path = f"/messenger/{self.site.key}/files"
        given = {"headers": self.headers, "REMOTE_ADDR": self.address, **more}
        if isinstance(data, bytes):
            return Client().generic("POST", path, data, **given)
        return Client().post(path, data, **given)

    def link(self, key: object, **more: Any) -> Any:
        path = f"/messenger/{self.site.key}/files/{key}"
        return Client().get(path, headers=self.headers, REMOTE_ADDR=self.address, **more)


def signed_in(agent: Agent) -> Client:
    client = Client(REMOTE_ADDR=somewhere())
    client.force_login(agent)
    return client


def kept(content: bytes, name: str, uploader: Uploader) -> Attachment:
    return store_upload(io.BytesIO(content), name, uploader, NOON)


class Visitor(AsyncClient):
    """A browser somewhere that nobody has signed in with."""

    def __init__(self) -> None:
        super().__init__()
        self._address = somewhere()

    def _base_scope(self, **request: Any) -> Any:
        return {**super()._base_scope(**request), "client": [self._address, 0]}  # type: ignore[misc]


async def fetched(url: str, client: AsyncClient | None = None, **headers: str) -> tuple[Any, bytes]:
    """An answer and its body."""
    answer: Any = await (client or Visitor()).get(url, headers=headers)
    if not answer.streaming:
        return answer, answer.content
    return answer, b"".join([chunk async for chunk in answer])


def error_of(answer: Any) -> tuple[int, str, str]:
    error = answer.json()["error"]
    assert set(error) >= {"code", "message", "field", "request_id"}
    return answer.status_code, error["code"], error["message"]


def stored(media: Path) -> list[Path]:
    """Every file below the media directory."""
    return sorted(path for path in media.rglob("*") if path.is_file())
