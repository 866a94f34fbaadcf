"""A customer writes and reads."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.desk import Desk
from tests.journeys.answering import Answering
from tests.journeys.hosting import TOKEN, Host
from tests.journeys.messengers import Messenger

pytestmark = pytest.mark.journey


def test_first_contact(messenger: Messenger, agent: Answering) -> None:
    messenger.visit().open().begin().write("My order never arrived")
    expect(messenger.text).to_be_focused()
    expect(messenger.text).to_have_value("")
    expect(messenger.part("My order never arrived")).to_contain_text("Sent")
    conversation = agent.find("My order never arrived")
    parts = agent.open(conversation)
    assert [part["body"] for part in parts if part["kind"] == "message"] == ["My order never arrived"]
    agent.send("read", conversation=conversation, number=parts[-1]["number"])
    expect(messenger.part("My order never arrived")).to_contain_text("Read")
    agent.reply(conversation, "Let me look")
    expect(messenger.part("Let me look")).to_be_visible()
    expect(messenger.inside.locator("header")).to_contain_text("Anna Berg")
    expect(messenger.part("Let me look")).to_contain_text("Anna Berg")
    agent.wait("read")  # it was on screen
    assert messenger.parts.count() == 2


def test_a_bubble_is_there_at_once(messenger: Messenger) -> None:
    """In the same turn in which Enter was pressed, long before the desk has heard of it."""
    messenger.visit().open().begin().text.fill("Quick")
    shown = messenger.frame.evaluate(
        """() => {
          const text = document.querySelector("textarea");
          text.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}));
          return document.querySelector("[data-log] li").textContent;
        }"""
    )
    assert "Quick" in shown


@pytest.mark.parametrize("event", [{"key": "Enter", "keyCode": 229}, {"key": "Enter", "isComposing": True}])
def test_enter_that_ends_a_word_of_an_input_method_sends_nothing(
    messenger: Messenger, event: dict[str, object]
) -> None:
    messenger.visit().open().begin().text.fill("にほ")
    messenger.frame.evaluate(
        """(event) => document.querySelector("textarea")
          .dispatchEvent(new KeyboardEvent("keydown", {...event, bubbles: true, cancelable: true}))""",
        event,
    )
    expect(messenger.parts).to_have_count(0)
    expect(messenger.text).to_have_value("にほ")


def test_what_cannot_be_sent_is_not(messenger: Messenger) -> None:
    messenger.visit().open().begin().write("", "   ")
    expect(messenger.parts).to_have_count(0)
    messenger.text.fill("first")
    messenger.text.press("Shift+Enter")
    messenger.page.keyboard.type("second")
    messenger.text.press("Enter")
    expect(messenger.part("first")).to_contain_text("second")
    expect(messenger.parts).to_have_count(1)


def test_text_is_text_and_links_are_safe(messenger: Messenger, agent: Answering) -> None:
    evil = "<img src=x onerror=alert(1)> javascript:alert(2) see https://a.example/b?c=1&d=2. (https://e.example/f)"
    messenger.visit().open().begin().write(evil)
    conversation = agent.find(evil)
    agent.open(conversation)
    agent.reply(conversation, "<script>alert(3)</script> [x](javascript:alert(4)) http://ok.example/")
    expect(messenger.part("alert(3)")).to_be_visible()
    assert messenger.parts.locator("img, script").count() == 0
    links = messenger.parts.locator("a").evaluate_all("(all) => all.map((a) => [a.href, a.rel, a.target])")
    assert [link[0] for link in links] == ["https://a.example/b?c=1&d=2", "https://e.example/f", "http://ok.example/"]
    assert {link[1] for link in links} == {"noopener noreferrer nofollow"}
    assert {link[2] for link in links} == {"_blank"}


def test_notes_never_reach_the_customer(messenger: Messenger, agent: Answering) -> None:
    messenger.visit().open().begin().write("Anything to hide?")
    conversation = agent.find("Anything to hide?")
    agent.open(conversation)
    agent.note(conversation, "A difficult customer")
    agent.reply(conversation, "Nothing at all")
    expect(messenger.part("Nothing at all")).to_be_visible()
    assert "difficult" not in str(messenger.received)
    numbers = [frame["part"]["number"] for frame in messenger.received if frame["type"] == "part"]
    assert numbers == [1, 2]


def test_typing_is_shown_but_not_read_out(messenger: Messenger, agent: Answering) -> None:
    messenger.visit().open().begin().write("Hello?")
    conversation = agent.find("Hello?")
    agent.open(conversation)
    agent.send("typing", conversation=conversation, on=True, kind="message")
    line = messenger.inside.locator("[data-typing]")
    expect(line).to_have_text("Anna Berg is typing")
    assert line.evaluate("(line) => line.closest('[role=log]')") is None
    assert line.get_attribute("aria-live") == "off"
    agent.reply(conversation, "Yes!")
    expect(line).to_be_hidden()
    messenger.text.press_sequentially("Great", delay=20)
    assert agent.wait("typing")["on"] is True
    messenger.text.fill("")
    assert agent.wait("typing")["on"] is False
    assert [frame["on"] for frame in messenger.sent if frame["type"] == "typing"] == [True, False]


def test_read_means_seen(messenger: Messenger, agent: Answering) -> None:
    messenger.visit().open().begin().write("I will look away")
    conversation = agent.find("I will look away")
    agent.open(conversation)
    messenger.page.keyboard.press("Escape")
    agent.reply(conversation, "Unseen")
    expect(messenger.badge).to_have_text("1")
    messenger.page.wait_for_timeout(300)
    assert "read" not in messenger.sent_types()
    messenger.open()
    expect(messenger.inside.locator(".fresh:visible")).to_have_text("New")
    assert agent.wait("read")["by"] == "customer"


def test_a_closed_conversation_says_so_and_opens_again(messenger: Messenger, agent: Answering) -> None:
    messenger.visit().open().begin().write("Short question")
    conversation = agent.find("Short question")
    agent.open(conversation)
    agent.reply(conversation, "Short answer", close=True)
    expect(messenger.inside.get_by_text("This conversation was closed. Write to open it again.")).to_be_visible()
    messenger.write("One more thing: where is the second box?")
    expect(messenger.inside.get_by_text("This conversation is open again.")).to_be_visible()


def test_several_conversations(messenger: Messenger, agent: Answering) -> None:
    messenger.visit().open().begin().write("About the kettle")
    agent.find("About the kettle")
    messenger.inside.get_by_role("button", name="Back").click()
    messenger.begin().write("About the grinder")
    second = agent.find("About the grinder")
    agent.open(second)
    messenger.inside.get_by_role("button", name="Back").click()
    agent.reply(second, "Which grinder?")
    rows = messenger.inside.locator(".rows li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Which grinder?")
    expect(rows.first.locator("b")).to_have_text("1")
    rows.last.get_by_role("button").click()
    expect(messenger.part("About the kettle")).to_be_visible()
    expect(messenger.part("grinder")).to_have_count(0)


def test_new_messages_do_not_move_what_is_being_read(browser: Browser, host: Host, agent: Answering) -> None:
    context = browser.new_context(locale="en")
    token = f"localStorage['parley:journey:token'] = '{TOKEN}'"
    context.add_init_script(f"if (location.pathname.startsWith('/messenger/')) {token}")
    messenger = Messenger(context.new_page(), host).visit().open()
    messenger.inside.locator(".rows button").first.click()
    expect(messenger.part("Line 120").last).to_be_visible()
    scroller = messenger.inside.locator("[data-scroll]")
    assert messenger.inside.locator("[data-log] li").count() == 50
    expect(messenger.inside.locator("[data-log]")).to_have_attribute("role", "log")
    scroller.evaluate("(box) => { box.scrollTop -= 600; }")
    messenger.page.wait_for_timeout(100)
    before = scroller.evaluate("(box) => box.scrollTop")
    agent.reply(messenger.frame.evaluate("sessionStorage['parley:journey:view']"), "Meanwhile")
    expect(messenger.inside.get_by_role("button", name="New messages")).to_be_visible()
    assert abs(scroller.evaluate("(box) => box.scrollTop") - before) <= 1
    messenger.inside.get_by_role("button", name="New messages").click()
    expect(messenger.part("Meanwhile").last).to_be_in_viewport()
    line = messenger.inside.locator("[data-log] li").first
    top = line.locator(".bubble").inner_text()
    line.scroll_into_view_if_needed()
    expect(messenger.inside.locator("[data-log] li")).to_have_count(101)
    expect(messenger.inside.get_by_text(top, exact=True)).to_be_in_viewport()
    context.close()


def test_the_draft_stays(messenger: Messenger) -> None:
    url = messenger.host.page()
    messenger.visit(url).open().begin().write("Saved").text.fill("half a sentence")
    expect(messenger.part("Saved")).to_contain_text("Sent")
    messenger.visit(url).open()
    expect(messenger.text).to_have_value("half a sentence")
    expect(messenger.part("Saved")).to_be_visible()


def test_emoji_by_arrow_keys(messenger: Messenger) -> None:
    messenger.visit().open().begin().text.fill("ab")
    messenger.text.press("ArrowLeft")
    messenger.inside.get_by_role("button", name="Emoji").click()
    expect(messenger.inside.locator(".emoji button").first).to_be_focused()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Enter"):
        messenger.page.keyboard.press(key)
    expect(messenger.text).to_have_value("a😍b")
    expect(messenger.text).to_be_focused()
    messenger.inside.get_by_role("button", name="Emoji").click()
    expect(messenger.inside.locator(".emoji button").first).to_be_focused()
    messenger.page.keyboard.press("Escape")
    expect(messenger.inside.get_by_role("button", name="Emoji")).to_be_focused()
    expect(messenger.inside.locator("main")).to_be_visible()


def test_writing_in_a_merged_conversation_leads_into_the_other(
    messenger: Messenger, agent: Answering, live_desk: Desk
) -> None:
    messenger.visit().open().begin().write("Where is my order?")
    first = agent.find("Where is my order?")
    messenger.inside.get_by_role("button", name="Back").click()
    messenger.begin().write("Hello? My order!")
    second = agent.find("Hello? My order!")
    live_desk.manage("shell", "-c", _MERGE.format(source=second, into=first))
    expect(messenger.inside.get_by_role("button", name="This conversation goes on in another one.")).to_be_visible()
    messenger.write("Anybody?")
    expect(messenger.part("Where is my order?")).to_be_visible()
    expect(messenger.part("Anybody?")).to_contain_text("Sent")
    messenger.inside.get_by_role("button", name="Back").click()
    expect(messenger.inside.locator(".rows li")).to_have_count(1)


_MERGE = """
from django.utils import timezone
from conversations import actions
from conversations.models import Conversation
from people.models import Agent
source, into = (Conversation.objects.get(public_id=key) for key in ({source!r}, {into!r}))
actions.merge(source, into=into, by=Agent.objects.get(email="journey@parley.example"), now=timezone.now())
"""


def test_the_way_back_into_a_conversation_just_begun_is_short(messenger: Messenger) -> None:
    messenger.visit().open().begin().write("Hello")
    expect(messenger.part("Hello")).to_contain_text("Sent")
    messenger.inside.locator("[data-back]").click()
    messenger.inside.locator(".rows button").first.click()
    expect(messenger.part("Hello")).to_be_visible(timeout=1_500)
