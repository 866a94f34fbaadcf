"""Fixtures of conversations."""

from __future__ import annotations

import pytest

from tests.conversations.api import Place


@pytest.fixture
def place() -> Place:
    """A conversation and a program that may see it."""
    return Place()
