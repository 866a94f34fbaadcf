"""Fixtures of conversations."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.conversations.api import Place
from tests.conversations.cast import Cast, assemble
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
