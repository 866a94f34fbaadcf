"""Fixtures for every test: the engines of this test process, a real desk, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from helpdesk import environment
from helpdesk.engines import Engines
from tests.settings import TEST_STATE


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """PostgreSQL and Valkey, started when the first test of this process asks for them."""
    made = Engines(TEST_STATE, environment.load({}))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(engines: Engines) -> None:
    """Have the engines running before pytest-django makes its test database."""


@pytest.fixture
def valkey(engines: Engines) -> str:
    """The address of a Valkey server, for tests that use one without the database."""
    return engines.addresses.redis_url


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(TEST_STATE.root, ignore_errors=True)
