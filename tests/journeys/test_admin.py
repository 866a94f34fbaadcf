"""The admin in a real browser, under the policy that holds for the whole desk."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Page

from people import actions
from people.models import Role
from tests.desk import clean_environment

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """No live desk is needed here."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {"locale": "en"}


PAGES = ["", "people/agent/", "people/agent/add/", "people/team/add/", "conversations/touchpoint/add/", "people/customer/"]


def test_no_page_breaks_the_policy(page: Page, live_server: Any) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    actions.create_agent("ada@desk.example", name="Ada", role=Role.ADMIN, password="correct horse battery")
    page.goto(f"{live_server.url}/admin/")
    page.fill("[name=username]", "ada@desk.example")
    page.fill("[name=password]", "correct horse battery")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
    for path in PAGES:
        page.goto(f"{live_server.url}/admin/{path}")
    print("\n".join(dict.fromkeys(said)))
    assert said == []
