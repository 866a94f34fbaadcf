"""The inbox as agents see it, and the people that journeys through it need."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Locator, Page, StorageState, expect

from tests.desk import Desk
from tests.journeys.asking import Asking

SITE, KID, SECRET = "inbox-journeys", "first", "fedcba9876543210fedcba9876543210fedcba9876543210"
PASSWORD = "a-rather-long-password"
ANNA, JONAS = "inbox-anna@parley.example", "inbox-jonas@parley.example"
TEAM, TOPIC = "Journey billing", "Journey refund"

_SEED = f"""
from conversations.models import IdentityKey, Topic, Touchpoint
from people.models import Agent, Team
from triage.models import Desk
Desk.objects.update_or_create(pk=1, defaults=dict(mode="off"))
site, _ = Touchpoint.objects.get_or_create(key={SITE!r}, defaults=dict(name="Journeys"))
IdentityKey.objects.get_or_create(touchpoint=site, kid={KID!r}, defaults=dict(secret={SECRET!r}))
team, _ = Team.objects.get_or_create(name={TEAM!r}, defaults=dict(specialty="payments"))
Topic.objects.get_or_create(name={TOPIC!r})
for email, name, role in (({ANNA!r}, "Anna Inbox", "manager"), ({JONAS!r}, "Jonas Inbox", "agent")):
    if not Agent.objects.filter(email=email).exists():
        Agent.objects.create_user(email, {PASSWORD!r}, name=name, role=role, availability="online").teams.add(team)
"""

Customer = Callable[[str], Asking]


class Inbox:
    """One agent's tab. `problems` collects whatever the browser complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(f"{error}\n{error.stack}"))
        page.on("console", self._hear)
        page.on("dialog", self._refuse)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self._is_refusal(message.text):
            self.problems.append(message.text)

    @staticmethod
    def _is_refusal(text: str) -> bool:
        """Chromium logs every answer from 400 up and every lost connection; journeys cause some on purpose. htmx logs a
        request that a newer one of the same element has replaced, which is what `hx-sync` asks for."""
        harmless = ("Failed to load resource", "WebSocket connection", "htmx: htmx:error: signal is aborted")
        return any(each in text for each in harmless)

    def _refuse(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def visit(self, path: str = "/inbox/all/") -> Inbox:
        self.page.goto(path)
        expect(self.page.locator("row-list:defined")).to_be_visible()
        self.page.wait_for_function("() => document.querySelector('[data-count]:not(:empty), .empty:not([hidden])')")
        return self

    def row(self, name: str) -> Locator:
        return self.page.locator(".row").filter(has_text=name)

    def open(self, name: str) -> Inbox:
        self.row(name).first.click()
        expect(self.page.locator("thread-head")).to_be_visible()
        expect(self.page.locator("inbox-thread .part").first).to_be_visible()
        return self

    @property
    def text(self) -> Locator:
        return self.page.locator("reply-composer textarea")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def toast(self) -> Locator:
        return self.page.locator(".toast").last

    def part(self, text: str) -> Locator:
        return self.page.locator("inbox-thread .part").filter(has_text=text)

    def press(self, *keys: str) -> Inbox:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, text: str) -> Inbox:
        self.page.keyboard.type(text)
        return self


def name() -> str:
    """A customer nobody else is called like."""
    return f"Bea {uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="session")
def northwind(live_desk: Desk) -> Desk:
    """The live desk with our agents, team, topic and site. Triage is off, so that nothing changes by itself."""
    live_desk.manage("shell", "-c", _SEED)
    return live_desk


@pytest.fixture(scope="session")
def signed_in(northwind: Desk, browser: Browser, browser_context_args: dict[str, Any]) -> dict[str, StorageState]:
    """What a browser keeps of each agent's sign-in, so that only one test has to sign in by hand."""
    kept = {}
    for email in (ANNA, JONAS):
        context = browser.new_context(**browser_context_args)
        page = context.new_page()
        sign_in(page, email)
        kept[email] = context.storage_state()
        context.close()
    return kept


def sign_in(page: Page, email: str, path: str = "/login/") -> None:
    page.goto(path)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/inbox/**")


Opening = Callable[..., Inbox]


@pytest.fixture
def inbox(
    browser: Browser, signed_in: dict[str, StorageState], browser_context_args: dict[str, Any]
) -> Iterator[Opening]:
    """Opens a browser as an agent: `inbox(ANNA, viewport=…)`. At the end none may have complained."""
    contexts: list[BrowserContext] = []
    made: list[Inbox] = []

    def opening(email: str = ANNA, **options: Any) -> Inbox:
        context = browser.new_context(**{**browser_context_args, "storage_state": signed_in[email], **options})
        contexts.append(context)
        made.append(Inbox(context.new_page()))
        return made[-1]

    yield opening
    for context in contexts:
        context.close()
    assert [problem for each in made for problem in each.problems] == []


@pytest.fixture
def customer(northwind: Desk) -> Iterator[Customer]:
    """Makes customers: `customer(name)`."""
    made: list[Asking] = []

    def asking(called: str) -> Asking:
        made.append(Asking(northwind.url, SITE, KID, SECRET, called))
        return made[-1]

    yield asking
    for each in made:
        each.close()


def axe_script() -> str:
    """The axe-core that axe-playwright-python brings."""
    package = find_spec("axe_playwright_python")
    assert package
    assert package.origin
    return next(Path(package.origin).parent.rglob("axe.min.js")).read_text()


def violations(page: Page) -> list[str]:
    """What axe finds wrong: WCAG 2.2 A and AA, and best practice."""
    page.evaluate(axe_script())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
