"""Properties of the clients' half of the wire, run in a browser: neither Node nor a build is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.desk import Desk
from tests.journeys.hosting import KEY, Host

pytestmark = pytest.mark.journey


def script(name: str) -> str:
    """A function to run in the page, which is given the address of the module it examines."""
    return Path(__file__).with_name(f"{name}.js").read_text().partition("*/\n")[2]


def module(desk: Desk, name: str) -> str:
    """The address of one of our modules, which holds a hash of its content."""
    manifest = desk.paths.static / "staticfiles.json"
    return f"/static/{json.loads(manifest.read_text())['paths'][name]}"


@pytest.fixture
def laboratory(page: Page, host: Host) -> Page:
    """A page of the desk's own origin."""
    page.goto(f"/messenger/{KEY}/")
    return page


def test_any_order_of_parts_ends_in_the_same_timeline(laboratory: Page, live_desk: Desk) -> None:
    assert laboratory.evaluate(script("timeline"), [module(live_desk, "wire/timeline.js"), 2000]) == 2000


def test_the_outbox_keeps_order_and_forgets_nothing(laboratory: Page, live_desk: Desk) -> None:
    said: dict[str, Any] = laboratory.evaluate(script("outbox"), module(live_desk, "wire/outbox.js"))
    assert said == {
        "offline": ["a:waiting", "b:waiting", "z:waiting"],
        "first": ["a", "z"],
        "second": ["a", "z", "b"],
        "impatient": ["b:failed", "z:failed"],
        "again": ["b"],
        "refused": ["b:refused", "z:failed", "c:sending"],
        "next": ["c"],
        "reloaded": ["b:waiting", "z:waiting", "c:waiting"],
        "cleared": [5, 0],
    }


def test_a_new_line_is_asked_again_at_once(laboratory: Page, live_desk: Desk) -> None:
    asked = """async (module) => {
      const { Timeline } = await import(module);
      const timeline = new Timeline(60);
      timeline.hear(70);
      const questions = () => [timeline.wants(1e6), timeline.wantsEarlier(1e6)];
      const [first, second] = [questions(), questions()];
      timeline.renew();
      return [first, second, questions()];
    }"""
    answers = laboratory.evaluate(asked, module(live_desk, "wire/timeline.js"))
    assert answers == [[60, 61], [None, None], [60, 61]]
