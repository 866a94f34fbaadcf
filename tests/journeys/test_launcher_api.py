"""What a page can ask of the launcher: docs/embedding.md."""

from __future__ import annotations

import time
import uuid
from typing import Any

import jwt
import pytest
from playwright.sync_api import expect

from tests.journeys.answering import Answering
from tests.journeys.hosting import KEY, KID, SECRET
from tests.journeys.messengers import Messenger

pytestmark = pytest.mark.journey


def identity(name: str, **claims: Any) -> str:
    """What a site's server signs for somebody who is signed in there; somebody new, if `sub` does not say who."""
    sub, soon = uuid.uuid4().hex, int(time.time()) + 600
    payload = {"sub": sub, "name": name, "email": f"{sub}@mail.example", "aud": KEY, "exp": soon, **claims}
    return jwt.encode(payload, SECRET, "HS256", headers={"kid": KID})


def call(messenger: Messenger, *call: Any) -> None:
    """Parley.verb(value), as a page would."""
    messenger.page.evaluate("([verb, ...values]) => { Parley[verb](...values); }", list(call))


def test_calls_made_before_the_script_arrives_are_kept(messenger: Messenger) -> None:
    stub = "window.Parley = window.Parley || {q: []}; "
    stub += "Parley.q.push(['open'], ['on', 'close', () => (window.closed_ = true)]);"
    page = messenger.visit(messenger.host.page(head=f"<script>{stub}</script>")).page
    expect(messenger.inside.get_by_role("button", name="Send us a message")).to_be_focused()
    page.evaluate("Parley.q.push(['close'])")
    expect(messenger.inside.locator("main")).to_be_hidden()
    assert page.evaluate("window.closed_") is True


def test_every_call_may_come_twice(messenger: Messenger) -> None:
    page = messenger.visit().page
    expect(messenger.launcher).to_be_visible()
    page.evaluate(
        """() => {
          window.heard = [];
          window.stop = Parley.on("open", () => heard.push("open"));
          Parley.on("close", () => heard.push("close"));
        }"""
    )
    for verb in ("open", "open", "close", "close", "toggle", "toggle"):
        call(messenger, verb)
    page.evaluate("stop()")
    call(messenger, "open")
    assert page.evaluate("heard") == ["open", "close", "open", "close"]
    assert page.evaluate("Parley.version") == 1
    call(messenger, "destroy")
    assert page.evaluate("typeof window.Parley") == "undefined"
    assert page.locator("parley-launcher").count() == 0


def test_focus_goes_back_to_the_button_that_opened(messenger: Messenger) -> None:
    messenger.visit(messenger.host.page(body="<button onclick='Parley.open()'>Help</button>"))
    expect(messenger.launcher).to_be_visible()
    messenger.page.get_by_role("button", name="Help", exact=True).click()
    expect(messenger.inside.get_by_role("button", name="Send us a message")).to_be_focused()
    messenger.page.keyboard.press("Escape")
    expect(messenger.page.get_by_role("button", name="Help", exact=True)).to_be_focused()


def test_pages_of_a_single_page_site_are_told_without_their_queries(messenger: Messenger, agent: Answering) -> None:
    messenger.visit(messenger.host.page() + "?token=secret1#secret2").open().begin().write("Where am I?")
    conversation = agent.find("Where am I?")
    messenger.page.evaluate("history.pushState(null, '', '/pay?token=secret3'); document.title = 'Pay'")
    messenger.page.wait_for_timeout(600)
    pages = [frame for frame in messenger.sent if frame["type"] == "page"]
    assert pages[-1] == {"type": "page", "url": f"{messenger.host.url}/pay", "title": "Pay"}
    assert "secret" not in str(messenger.sent)
    assert messenger.page.evaluate("history.pushState.toString()").count("native code") == 1
    call(messenger, "context", {"title": "Order 10482"})
    messenger.page.wait_for_timeout(300)
    assert messenger.sent[-1]["title"] == "Order 10482"
    assert agent.open(conversation)[0]["body"] == "Where am I?"


def test_unread_is_shown_on_button_and_title_and_taken_back_exactly(messenger: Messenger, agent: Answering) -> None:
    page = messenger.visit().open().begin().write("Are you there?").page
    conversation = agent.find("Are you there?")
    agent.open(conversation)
    page.evaluate("() => { document.title = 'A  shop, 50 %'; Parley.on('unread', (count) => (window.count = count)); }")
    title = page.title()
    page.keyboard.press("Escape")
    agent.reply(conversation, "Yes")
    expect(messenger.badge).to_have_text("1")
    agent.reply(conversation, "What is it?")
    expect(messenger.badge).to_have_text("2")
    expect(messenger.launcher).to_have_accessible_name("Open chat (2 unread)")
    assert page.title() == f"(2) {title}"
    assert page.evaluate("count") == 2
    assert "read" not in messenger.sent_types()
    messenger.open()
    expect(messenger.badge).to_be_hidden()
    expect(messenger.part("What is it?")).to_be_visible()
    page.wait_for_function("window.count === 0")
    assert page.title() == title
    assert [frame["number"] for frame in messenger.sent if frame["type"] == "read"][-1] == 3


def test_who_wrote_before_is_told_of_news_on_the_next_page(messenger: Messenger, agent: Answering) -> None:
    messenger.visit().open().begin().write("Tell me later")
    conversation = agent.find("Tell me later")
    agent.open(conversation)
    messenger.page.goto("about:blank")
    agent.reply(conversation, "It is later now")
    messenger.visit()
    expect(messenger.badge).to_have_text("1")
    messenger.open()
    expect(messenger.part("It is later now")).to_be_visible()  # the only news is shown at once


def test_a_signed_identity_brings_back_conversations(messenger: Messenger, agent: Answering) -> None:
    bea = uuid.uuid4().hex
    messenger.visit()
    call(messenger, "identify", identity("Bea Ortiz", sub=bea))
    messenger.open().begin().write("It is me")
    conversation = agent.find("It is me")
    assert agent.open(conversation)[0]["author"]["name"] == "Bea Ortiz"
    other = messenger.page.context.browser.new_context(locale="en")  # type: ignore[union-attr]
    elsewhere = Messenger(other.new_page(), messenger.host).visit()
    call(elsewhere, "identify", identity("Bea Ortiz", sub=bea))
    elsewhere.open()
    expect(elsewhere.inside.locator(".rows")).to_contain_text("It is me")
    anonymous = Messenger(other.browser.new_context(locale="en").new_page(), messenger.host)  # type: ignore[union-attr]
    anonymous.visit().open().begin().write("Written before")
    agent.find("Written before")
    call(anonymous, "identify", identity("Bea Ortiz", sub=bea))
    anonymous.write("Signed in")  # the conversation went over to Bea and stayed on screen
    assert agent.open(agent.find("Signed in"))[0]["author"]["name"] == "Bea Ortiz"
    other.close()


def test_somebody_else_signs_in_and_sees_nothing_of_the_first(messenger: Messenger, agent: Answering) -> None:
    messenger.visit()
    call(messenger, "identify", identity("Ada"))
    messenger.open().begin().write("Ada's secret")
    agent.find("Ada's secret")
    call(messenger, "identify", identity("Bob"))
    expect(messenger.inside.get_by_role("button", name="Send us a message")).to_be_visible()
    expect(messenger.part("Ada's secret")).to_have_count(0)
    messenger.begin().write("Bob here")
    assert agent.open(agent.find("Bob here"))[0]["author"]["name"] == "Bob"
    messenger.inside.get_by_role("button", name="Back").click()
    expect(messenger.inside.locator(".rows li")).to_have_count(1)
    expect(messenger.inside.locator(".rows")).not_to_contain_text("Ada")


def test_what_an_anonymous_visitor_wrote_is_theirs_after_signing_in(messenger: Messenger, agent: Answering) -> None:
    messenger.visit().open().begin().write("Before signing in")
    agent.find("Before signing in")
    call(messenger, "identify", identity("Cleo"))
    messenger.write("And after")  # the same person, now with a name: nothing on screen changes
    conversation = agent.find("And after")
    parts = agent.open(conversation)
    assert [part["body"] for part in parts if part["kind"] == "message"] == ["Before signing in", "And after"]


def test_who_signs_in_while_typing_goes_on_typing(messenger: Messenger, agent: Answering) -> None:
    fay = uuid.uuid4().hex
    other = Messenger(messenger.page.context.browser.new_context(locale="en").new_page(), messenger.host)  # type: ignore[union-attr]
    other.visit()
    call(other, "identify", identity("Fay", sub=fay))
    other.open().begin().say("From my phone")
    messenger.visit().open().begin().say("Before")
    messenger.text.press_sequentially("I am still ")
    messenger.frame.evaluate(
        """() => {
          window.hidden = 0;
          const thread = document.querySelector("parley-thread");
          new MutationObserver(() => (hidden += thread.hidden)).observe(thread, { attributes: true });
        }"""
    )
    with messenger.page.expect_websocket() as second:  # the desk closes the visitor's: they are somebody else now
        call(messenger, "identify", identity("Fay", sub=fay))
    second.value.wait_for_event("framereceived", lambda payload: '"welcome"' in payload)
    expect(messenger.part("Before")).to_be_visible()
    messenger.text.press_sequentially("here")
    messenger.text.press("Enter")
    agent.find("I am still here")
    assert messenger.frame.evaluate("hidden") == 0
    other.page.context.close()


def test_a_bad_identity_is_told_to_the_developer_and_changes_nothing(messenger: Messenger) -> None:
    warnings: list[str] = []
    messenger.page.on("console", lambda message: warnings.append(message.text) if message.type == "warning" else None)
    messenger.visit()
    call(messenger, "identify", identity("Eve", exp=int(time.time()) + 7 * 86_400))
    messenger.open().begin().write("Anonymous after all")
    expect(messenger.part("Anonymous after all")).to_contain_text("Sent")
    assert any("identity was refused" in warning for warning in warnings)


def test_forget_leaves_nothing_behind(messenger: Messenger, agent: Answering) -> None:
    messenger.visit()
    call(messenger, "identify", identity("Dan"))
    messenger.open().begin().write("Forget me")
    conversation = agent.find("Forget me")
    agent.open(conversation)
    call(messenger, "forget")
    expect(messenger.inside.get_by_role("button", name="Send us a message")).to_be_visible()
    agent.reply(conversation, "Too late")
    messenger.page.wait_for_timeout(500)
    everything = "document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"
    kept = messenger.frame.evaluate(everything)
    assert "Forget me" not in kept
    assert "Too late" not in kept
    assert "parley:" not in messenger.frame.evaluate("Object.keys({...localStorage, ...sessionStorage}).join()")
    assert messenger.page.evaluate("localStorage.length") == 0
    assert messenger.page.evaluate("({}).x") is None
