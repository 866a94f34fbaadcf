"""Fixtures of conversations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from people.models import Agent, Role
from tests.conversations import desk
from tests.conversations.api import Place
from tests.conversations.cast import Cast, assemble
from tests.conversations.inboxing import asking
from tests.desk import Desk


@pytest.fixture
def place() -> Place:
    """A conversation and a program that may see it."""
    return Place()


@pytest.fixture
def media(tmp_path: Path, settings: Settings) -> Path:
    """The directory of files, one for each test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(scope="module")
def cast(live_desk: Desk) -> Cast:
    """Agents and a site on the live desk."""
    return assemble(live_desk)


@pytest.fixture
def anna() -> Agent:
    """A manager."""
    return desk.agent("Anna Berg", role=Role.MANAGER)


@pytest.fixture
def ask(anna: Agent) -> Callable[..., Any]:
    """Ask the inbox as Anna: (status, JSON)."""
    client = Client()
    client.force_login(anna)
    return asking(client)
