"""Nothing is lost, nothing comes twice, and the messenger never says more than it knows."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.desk import Desk
from tests.journeys.answering import Answering
from tests.journeys.hosting import Host
from tests.journeys.messengers import Messenger, Wire

pytestmark = pytest.mark.journey


def bodies(agent: Answering, conversation: str) -> list[str]:
    """What is stored, as an agent sees it."""
    return [part["body"] for part in agent.open(conversation) if part["kind"] == "message"]


def test_reload_in_the_middle_of_sending(wire: Wire, messenger: Messenger, agent: Answering) -> None:
    url = messenger.host.page()
    wire.lose_up.append("message")
    messenger.visit(url).open().begin().write("Did this get through?")
    expect(messenger.part("Did this get through?")).to_contain_text("Sending…")
    messenger.visit(url).open()
    expect(messenger.part("Did this get through?")).to_contain_text("Sent")
    conversation = agent.find("Did this get through?")
    assert bodies(agent, conversation) == ["Did this get through?"]
    first, again = wire.of_type("message")
    assert again == first


def test_not_sent_is_said_and_a_retry_makes_one_part(wire: Wire, messenger: Messenger, agent: Answering) -> None:
    """The desk stored the message, but its answer was lost: the worst case for duplicates."""
    messenger.visit().open().begin()
    wire.lose_down.append("part")
    messenger.write("Lost answer")
    part = messenger.part("Lost answer")
    expect(part).to_contain_text("Sending…")
    wire.is_deaf = True  # or a pulse would tell
    expect(part).to_contain_text("Not sent.", timeout=12_000)
    wire.is_deaf = False
    part.get_by_role("button", name="Try again").click()
    expect(part).to_contain_text("Sent", timeout=30_000)  # the welcome of a new socket may have been lost as well
    expect(messenger.parts).to_have_count(1)
    assert bodies(agent, agent.find("Lost answer")) == ["Lost answer"]


def test_offline_messages_wait_and_go_out_in_order(wire: Wire, messenger: Messenger, agent: Answering) -> None:
    url = messenger.host.page()
    messenger.visit(url).open().begin().say("Online")
    wire.cut()
    expect(messenger.inside.get_by_role("status")).to_contain_text("Your messages are kept", timeout=8_000)
    messenger.write("Offline one", "Offline two")
    expect(messenger.part("Offline two")).to_contain_text("Waiting for a connection")
    messenger.visit(url).open()
    expect(messenger.part("Offline one")).to_be_visible()
    wire.mend()
    messenger.frame.evaluate("dispatchEvent(new Event('online'))")
    expect(messenger.part("Offline two")).to_contain_text("Sent", timeout=20_000)
    expect(messenger.inside.locator("[data-line]")).to_be_empty()
    assert bodies(agent, agent.find("Offline two")) == ["Online", "Offline one", "Offline two"]
    assert messenger.parts.count() == 3
    assert messenger.frame.evaluate("Object.keys(localStorage).filter((key) => key.includes('out:'))") == []


def test_short_breaks_are_not_mentioned(wire: Wire, messenger: Messenger) -> None:
    messenger.visit().open().begin().say("Before")
    said = messenger.frame.evaluate_handle(
        """() => {
          const said = [], line = document.querySelector("[data-line]");
          new MutationObserver(() => line.textContent && said.push(line.textContent)).observe(line, {childList: true});
          return said;
        }"""
    )
    wire.cut()
    wire.mend()
    messenger.write("After")
    expect(messenger.part("After")).to_contain_text("Sent", timeout=15_000)
    assert said.json_value() == []


def test_a_hole_is_filled(wire: Wire, messenger: Messenger, agent: Answering) -> None:
    messenger.visit().open().begin().say("Count for me")
    conversation = agent.find("Count for me")
    agent.open(conversation)
    wire.lose_down += ["part", "part"]
    for word in ("One", "Two", "Three"):
        agent.reply(conversation, word)
    expect(messenger.part("Three")).to_be_visible()
    texts = messenger.parts.locator(".bubble").all_inner_texts()
    assert texts == ["Count for me", "One", "Two", "Three"]
    assert [frame["after"] for frame in wire.of_type("sync")] == [1]


def test_a_lost_tail_is_noticed_by_the_pulse(wire: Wire, messenger: Messenger, agent: Answering) -> None:
    messenger.visit().open().begin().say("And then?")
    conversation = agent.find("And then?")
    agent.open(conversation)
    wire.lose_down.append("part")
    agent.reply(conversation, "Then it ended")
    expect(messenger.part("Then it ended")).to_have_count(0)
    wire.say(type="pulse", numbers={conversation: 2})
    expect(messenger.part("Then it ended")).to_be_visible()


def test_what_came_while_away_is_caught_up(wire: Wire, messenger: Messenger, agent: Answering) -> None:
    messenger.visit().open().begin().say("Going into a tunnel")
    conversation = agent.find("Going into a tunnel")
    agent.open(conversation)
    wire.cut()
    for word in ("Light", "at", "the end"):
        agent.reply(conversation, word)
    wire.mend()
    expect(messenger.part("the end")).to_be_visible(timeout=15_000)
    assert messenger.parts.count() == 4


def test_a_busy_desk_is_asked_again_unnoticed(wire: Wire, messenger: Messenger) -> None:
    wire.lose_up.append("message")
    messenger.visit().open().begin().write("Patience")
    expect(messenger.part("Patience")).to_contain_text("Sending…")
    client_id = wire.of_type("message")[0]["client_id"]
    error = {"code": "busy", "message": "Try again.", "field": None, "retry_after": 1}
    wire.say(type="error", error=error, client_id=client_id)
    expect(messenger.part("Patience")).to_contain_text("Sent", timeout=4_000)


def test_a_refusal_is_explained_and_the_text_given_back(wire: Wire, messenger: Messenger) -> None:
    wire.lose_up.append("message")
    messenger.visit().open().begin().write("Unacceptable")
    expect(messenger.part("Unacceptable")).to_contain_text("Sending…")
    client_id = wire.of_type("message")[0]["client_id"]
    error = {"code": "too_many_combining_marks", "message": "Too many marks on one letter.", "field": "body"}
    wire.say(type="error", error=error, client_id=client_id)
    part = messenger.part("Unacceptable")
    expect(part).to_contain_text("Too many marks on one letter.")
    part.get_by_role("button", name="Discard").click()
    expect(messenger.parts).to_have_count(0)
    expect(messenger.text).to_have_value("Unacceptable")


def test_two_tabs_agree(messenger: Messenger, context: BrowserContext, host: Host, agent: Answering) -> None:
    messenger.visit().open().begin().say("In one tab")
    conversation = agent.find("In one tab")
    agent.open(conversation)
    messenger.page.keyboard.press("Escape")
    other = Messenger(context.new_page(), host).visit()
    agent.reply(conversation, "In both")
    expect(other.badge).to_have_text("1")
    expect(messenger.badge).to_have_text("1")
    other.open()
    expect(other.part("In both")).to_be_visible()
    expect(other.badge).to_be_hidden()
    expect(messenger.badge).to_be_hidden()
    assert messenger.page.title() == "A shop"
    messenger.page.bring_to_front()
    messenger.open().write("From the first")
    expect(other.part("From the first")).to_contain_text("Sent")
    assert other.problems == []


def test_a_tab_opened_before_the_first_message_joins_in(
    messenger: Messenger, context: BrowserContext, host: Host
) -> None:
    other = Messenger(context.new_page(), host).visit().open()
    messenger.page.bring_to_front()
    messenger.visit().open().begin().say("Who am I?")
    expect(other.inside.locator(".rows")).to_contain_text("Who am I?")


def test_the_desk_restarts_in_the_middle_of_a_sentence(messenger: Messenger, agent: Answering, live_desk: Desk) -> None:
    messenger.visit().open().begin().write("Please hold")
    agent.find("Please hold")
    messenger.text.press_sequentially("I was just about to ")
    live_desk.kill("web-0")
    messenger.text.press_sequentially("say something")
    messenger.text.press("Enter")
    part = messenger.part("I was just about to say something")
    expect(part).to_contain_text("Sent", timeout=60_000)
    expect(messenger.parts).to_have_count(2)


def test_marks_of_an_event_are_not_counted_as_unread(messenger: Messenger, agent: Answering) -> None:
    messenger.visit().open().begin().say("Close it, please")
    conversation = agent.find("Close it, please")
    agent.open(conversation)
    messenger.page.keyboard.press("Escape")
    agent.reply(conversation, "Done", close=True)
    expect(messenger.badge).to_have_text("1")
    messenger.page.wait_for_timeout(400)
    expect(messenger.badge).to_have_text("1")
