"""That the browser fixtures work, and that a page is served as its policy demands."""

from __future__ import annotations

import pytest
from playwright.sync_api import ConsoleMessage, Error, Page

from tests.desk import Desk

pytestmark = pytest.mark.journey


def test_sign_in_page_loads_without_a_complaint(page: Page, live_desk: Desk) -> None:
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", note)
    page.on("requestfailed", lambda request: complaints.append(f"{request.url}: {request.failure}"))
    page.goto("/inbox/")
    page.wait_for_load_state("networkidle")
    assert page.url.startswith(f"{live_desk.url}/login/")
    assert page.locator("form").count() >= 1
    assert complaints == []


def test_script_made_of_text_does_not_run(page: Page, live_desk: Desk) -> None:
    page.goto("/login/")
    for attempt in ("setAttribute('onclick', 'document.title = `owned`')", "innerHTML = '<img onerror=alert(1)>'"):
        with pytest.raises(Error, match="requires 'Trusted"):
            page.evaluate(f"document.body.{attempt}")
