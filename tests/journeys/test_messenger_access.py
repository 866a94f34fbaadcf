"""The messenger for everybody: phones, keyboards, screen readers, right to left, dark rooms."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ViewportSize, expect

from tests.journeys.answering import Answering
from tests.journeys.hosting import Host
from tests.journeys.messengers import Messenger, settles

pytestmark = pytest.mark.journey

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def phone(browser: Browser, host: Host) -> Iterator[Messenger]:
    """A visitor with a phone."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2, locale="en")
    made = Messenger(context.new_page(), host)
    yield made
    assert made.problems == []
    context.close()


def violations(messenger: Messenger) -> list[str]:
    found = Axe().run(messenger.frame).response["violations"]
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(messenger: Messenger, agent: Answering, scheme: str) -> None:
    messenger.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    messenger.visit().open()
    assert violations(messenger) == []
    words = f"Is it dark or light? It is {scheme}."
    messenger.begin().write(words)
    conversation = agent.find(words)
    agent.open(conversation)
    agent.reply(conversation, "See https://status.example/", close=True)
    expect(messenger.inside.get_by_text("This conversation was closed")).to_be_visible()
    messenger.page.wait_for_timeout(400)
    assert violations(messenger) == []
    messenger.inside.get_by_role("button", name="Emoji").click()
    expect(messenger.inside.locator(".emoji")).to_be_visible()
    assert violations(messenger) == []
    messenger.page.keyboard.press("Escape")
    messenger.inside.get_by_role("button", name="Attach a file").click()
    assert violations(messenger) == []
    messenger.inside.get_by_role("button", name="Back").click()
    expect(messenger.inside.locator(".rows li")).to_have_count(1)
    assert violations(messenger) == []
    host = Axe().run(messenger.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}).response
    assert [each["id"] for each in host["violations"]] == []


def test_a_conversation_by_keyboard_alone(messenger: Messenger, agent: Answering) -> None:
    page = messenger.visit().page
    keys = page.keyboard
    expect(messenger.launcher).to_be_visible()
    messenger.launcher.focus()
    keys.press("Enter")
    expect(messenger.inside.get_by_role("button", name="Send us a message")).to_be_focused()
    keys.press("Enter")
    expect(messenger.text).to_be_focused()
    keys.type("No mouse here")
    keys.press("Enter")
    conversation = agent.find("No mouse here")
    agent.open(conversation)
    agent.reply(conversation, "None needed")
    expect(messenger.part("None needed")).to_be_visible()
    keys.press("Shift+Tab")
    expect(messenger.inside.get_by_role("region", name="Conversation")).to_be_focused()
    for name in ("Close chat", "Sound", "Back"):
        keys.press("Shift+Tab")
        expect(messenger.inside.get_by_role("button", name=name)).to_be_focused()
    keys.press("Enter")
    expect(messenger.inside.get_by_role("button", name="Send us a message")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(messenger.part("None needed")).to_be_visible()
    keys.press("Escape")
    assert page.evaluate("document.activeElement.localName") == "parley-launcher"


def test_only_news_is_read_out(messenger: Messenger, agent: Answering) -> None:
    url = messenger.host.page()
    messenger.visit(url).open().begin().write("Read to me")
    conversation = agent.find("Read to me")
    agent.open(conversation)
    log = messenger.inside.locator("[data-log]")
    expect(log).to_have_attribute("role", "log")
    messenger.visit(url).open()
    roles = messenger.frame.evaluate(
        """() => new Promise((done) => {
          const log = document.querySelector("[data-log]"), roles = [log.getAttribute("role")];
          new MutationObserver(() => roles.push(log.getAttribute("role"))).observe(log, {attributes: true});
          setTimeout(() => done(roles), 900);
        })"""
    )
    assert roles[-1] == "log"
    expect(messenger.part("Read to me")).to_be_visible()
    assert log.locator("> ol > li").count() == 1  # a list inside the log: the log's role would hide the list's own


def test_on_a_phone_it_takes_the_screen_and_back_closes_it(phone: Messenger) -> None:
    phone.visit()
    phone.launcher.tap()
    expect(phone.inside.get_by_role("button", name="Send us a message")).to_be_visible()
    settles(phone.page.locator("parley-launcher iframe"), {"x": 0, "y": 0, **PHONE})
    expect(phone.launcher).to_be_hidden()
    assert phone.page.evaluate("document.body.inert") is True
    phone.inside.get_by_role("button", name="Send us a message").tap()
    expect(phone.text).to_be_focused()
    assert float(phone.text.evaluate("(text) => parseFloat(getComputedStyle(text).fontSize)")) >= 16  # iOS zooms below
    phone.page.keyboard.type("First line")
    phone.page.keyboard.press("Enter")
    phone.page.keyboard.type("second line")
    expect(phone.parts).to_have_count(0)
    phone.inside.get_by_role("button", name="Send", exact=True).tap()
    expect(phone.part("second line")).to_contain_text("First line")
    address = phone.page.url
    phone.page.evaluate("history.back()")
    expect(phone.launcher).to_be_visible()
    assert phone.page.url == address
    assert phone.page.evaluate("document.body.inert") is False


def test_a_phone_s_keyboard_leaves_room_for_the_text(phone: Messenger) -> None:
    phone.visit()
    phone.launcher.tap()
    phone.begin()
    phone.page.evaluate("Object.defineProperty(visualViewport, 'height', {get: () => 544})")
    phone.page.evaluate("visualViewport.dispatchEvent(new Event('resize'))")
    frame = phone.page.locator("parley-launcher iframe")
    expect(frame).to_have_css("height", "544px")
    box = phone.text.bounding_box()
    assert box
    assert box["y"] + box["height"] < 544


def test_right_to_left(messenger: Messenger) -> None:
    messenger.visit().open().begin().write("שלום")
    expect(messenger.part("שלום")).to_contain_text("Sent")
    messenger.frame.evaluate("document.documentElement.dir = 'rtl'")
    bubble, row = messenger.part("שלום").locator(".bubble").bounding_box(), messenger.part("שלום").bounding_box()
    assert bubble
    assert row
    assert abs(bubble["x"] - row["x"]) < 1  # our own stand at the end of the line, which is on the left now


def test_it_moves_only_for_those_who_like_it(messenger: Messenger) -> None:
    messenger.page.emulate_media(reduced_motion="reduce")
    messenger.visit().open().begin()
    animated = "() => document.getAnimations().length"
    assert messenger.page.evaluate(animated) == messenger.frame.evaluate(animated) == 0
