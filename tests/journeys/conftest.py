"""Fixtures for journeys of customers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.desk import Desk
from tests.journeys.answering import Answering
from tests.journeys.hosting import EMAIL, PASSWORD, Host, seed
from tests.journeys.messengers import Messenger, Wire


@pytest.fixture(scope="session")
def host(live_desk: Desk) -> Iterator[Host]:
    """Somebody else's site, allowed to embed the touchpoint `journey`."""
    made = Host(live_desk.url)
    seed(live_desk, made)
    yield made
    made.close()


@pytest.fixture
def agent(live_desk: Desk, host: Host) -> Iterator[Answering]:
    """Anna Berg, at her desk."""
    with Answering(live_desk.url, EMAIL, PASSWORD) as made:
        yield made


@pytest.fixture
def wire(context: BrowserContext) -> Wire:
    """Between every messenger of this context and the desk."""
    made = Wire()
    context.route_web_socket("**/ws/messenger/", made)
    return made


@pytest.fixture
def messenger(page: Page, host: Host) -> Iterator[Messenger]:
    """A visitor; no script of ours may have failed on the way."""
    made = Messenger(page, host)
    yield made
    assert made.problems == []
