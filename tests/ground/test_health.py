"""Anybody may ask whether the desk works, as often as they like."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from helpdesk import health


async def ask(app: health.Health, path: str) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app({"path": path}, None, send)
    return sent


async def test_all_who_ask_at_once_share_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    async def look() -> tuple[int, dict[str, Any]]:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0.01)
        return 200, {"status": "ok"}

    monkeypatch.setattr(health, "readiness", look)
    app = health.Health(None)
    answers = await asyncio.gather(*(ask(app, "/readyz") for _ in range(50)))
    assert {answer[0]["status"] for answer in answers} == {200}
    assert looks == 1
    await ask(app, "/readyz")
    assert looks == 2


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_an_answer_is_nothing_to_frame_or_to_guess_at(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look() -> tuple[int, dict[str, Any]]:
        return 200, {}

    monkeypatch.setattr(health, "readiness", look)
    headers = dict((await ask(health.Health(None), path))[0]["headers"])
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]
