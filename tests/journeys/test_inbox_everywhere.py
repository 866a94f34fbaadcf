"""The inbox on every screen and for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.inboxes import ANNA, Customer, Opening, customer, inbox, name, northwind, signed_in, violations

__all__ = ["customer", "inbox", "northwind", "signed_in"]  # fixtures
pytestmark = pytest.mark.journey


PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_on_a_phone(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("From my phone to yours")
    anna = inbox(ANNA, **PHONE).visit()
    page = anna.page
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    anna.row(bea.name).tap()
    expect(anna.text).to_be_visible()
    expect(page.locator("row-list")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    anna.text.fill("Hello")
    page.get_by_role("button", name="Send reply").tap()
    expect(anna.part("Hello")).to_contain_text("Sent")
    page.get_by_role("button", name="Back to the list").tap()
    expect(anna.row(bea.name)).to_be_visible()
    page.get_by_role("button", name="Views").tap()
    page.get_by_role("link", name="Mine").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mine")


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (720, 900), (320, 640)])
def test_nothing_is_wider_than_the_screen(inbox: Opening, customer: Customer, size: tuple[int, int]) -> None:
    bea = customer(name())
    bea.begin("x" * 400)
    anna = inbox(ANNA, viewport={"width": size[0], "height": size[1]}).visit().open(bea.name)
    assert anna.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    box = anna.text.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= size[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(inbox: Opening, customer: Customer, page: Page, theme: Any) -> None:
    bea = customer(name())
    bea.begin("Can everybody read this?")
    page.emulate_media(color_scheme=theme)
    page.goto("/login/")
    assert violations(page) == []
    anna = inbox(ANNA, color_scheme=theme).visit()
    assert violations(anna.page) == []
    anna.open(bea.name).press("r").type("Yes").press("Control+Enter")
    expect(anna.part("Yes")).to_contain_text("Sent")
    anna.press("Escape", "n").type("A note").press("Control+Enter")
    expect(anna.part("A note")).to_contain_text("only your team")
    anna.page.wait_for_timeout(300)
    assert violations(anna.page) == []
    anna.press("Escape", "a")
    expect(anna.page.get_by_role("option").first).to_be_visible()
    assert violations(anna.page) == []
    anna.press("Escape", "?")
    assert violations(anna.page) == []
    anna.page.goto("/inbox/search/?q=read")
    assert violations(anna.page) == []
    anna.page.goto("/password/")
    assert violations(anna.page) == []
