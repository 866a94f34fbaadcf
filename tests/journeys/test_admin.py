"""The admin in a real browser, under the policy that holds for the whole desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.desk import Desk

pytestmark = pytest.mark.journey

PAGES = [
    "",
    "people/agent/",
    "people/agent/add/",
    "people/team/add/",
    "conversations/touchpoint/add/",
    "people/customer/",
]


def test_no_page_breaks_the_policy(page: Page, live_desk: Desk) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    admin = next(login for login in live_desk.logins if login["role"] == "admin")
    page.goto("/admin/")
    page.fill("[name=username]", admin["email"])
    page.fill("[name=password]", admin["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
    for path in PAGES:
        page.goto(f"/admin/{path}")
    assert complaints == []
