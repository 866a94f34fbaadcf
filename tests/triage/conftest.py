"""Fixtures of triage."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from people.models import Agent
from tests.triage.learning_desk import manager
from triage import artefacts


@pytest.fixture
def models(tmp_path: Path, settings: Settings) -> Path:
    """The directory of models, one for each test."""
    settings.MODELS_ROOT = tmp_path / "models"
    artefacts._kept.clear()
    return tmp_path / "models"


@pytest.fixture
def imports(tmp_path: Path, settings: Settings) -> Path:
    """The directory of files on their way in, one for each test."""
    settings.IMPORTS_ROOT = tmp_path / "imports"
    return tmp_path / "imports"


@pytest.fixture
def anna(db: None) -> Agent:
    """A manager."""
    return manager()


@pytest.fixture
def browser(anna: Agent) -> Client:
    """Anna's."""
    client = Client()
    client.force_login(anna)
    return client


# They train models, read them from disk, or take long for other reasons: `bin/test fast` goes without.
LEARNING = (
    "test_artefacts",
    "test_deciding",
    "test_importing",
    "test_learning",
    "test_mood",
    "test_policy_agents",
    "test_routing_races",
    "test_simulating",
    "test_starter",
    "test_starting",
    "test_trust",
    "test_views",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "triage" and item.path.name.startswith(LEARNING):
            item.add_marker("learns")
