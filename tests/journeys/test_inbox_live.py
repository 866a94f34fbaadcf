"""An agent and a customer, and two agents, at the same time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Route, WebSocketRoute, expect

from tests.journeys.inboxes import ANNA, JONAS, Customer, Opening, customer, inbox, name, northwind, signed_in

__all__ = ["customer", "inbox", "northwind", "signed_in"]  # fixtures
pytestmark = pytest.mark.journey


def test_a_question_and_its_answer(inbox: Opening, customer: Customer) -> None:
    anna = inbox(ANNA).visit()
    bea = customer(name())
    conversation = bea.begin("My order never arrived")
    row = anna.row(bea.name)
    expect(row).to_contain_text("My order never arrived")
    expect(row).to_have_attribute("data-unread", "")
    anna.open(bea.name)
    expect(row).not_to_have_attribute("data-unread", "")
    anna.press("r").type("It is on its way")
    bea.wait("typing")
    anna.press("Control+Enter")
    expect(anna.part("It is on its way")).to_contain_text("Sent")
    part = bea.wait("part", kind="message", body="It is on its way")["part"]
    assert part["author"]["name"] == "Anna Inbox"
    bea.send("read", conversation=conversation, number=part["number"])
    expect(anna.part("It is on its way")).to_contain_text("Read")
    bea.send("typing", conversation=conversation, on=True)
    expect(anna.page.locator("collision-line")).to_contain_text(f"{bea.name} is writing")
    bea.write(conversation, "Great, thank you")
    expect(anna.part("Great, thank you")).to_be_visible()
    expect(anna.page.locator("collision-line")).to_be_empty()


def test_a_note_never_reaches_the_customer(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    conversation = bea.begin("Is anybody there?")
    anna = inbox(ANNA).visit().open(bea.name).press("n")
    expect(anna.page.get_by_role("button", name="Add note")).to_be_visible()
    expect(anna.page.get_by_text("Only your team sees this", exact=True)).to_be_visible()
    expect(anna.text).to_have_attribute("placeholder", re.compile("never sees this"))
    anna.type("secret suspicion").press("Control+Enter")
    expect(anna.part("secret suspicion")).to_contain_text("only your team sees this")
    bea.send("sync", conversation=conversation, after=0)
    assert "secret suspicion" not in str(bea.everything(2))


def test_a_note_that_becomes_a_reply_is_asked_about(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("Hello")
    anna = inbox(ANNA).visit().open(bea.name).press("n").type("they seem upset")
    anna.page.get_by_role("button", name="Reply", exact=True).click()
    expect(anna.text).to_have_value("they seem upset")
    anna.press("Control+Enter")
    expect(anna.page.locator("[data-ask]")).to_contain_text("You wrote this as a note")
    anna.page.get_by_role("button", name="Keep as note").click()
    expect(anna.page.get_by_role("button", name="Add note")).to_be_visible()
    assert "they seem upset" not in str(bea.everything())


def test_two_agents_see_each_other_and_neither_talks_past_the_other(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    conversation = bea.begin("Which one of you answers?")
    anna, jonas = inbox(ANNA).visit().open(bea.name), inbox(JONAS).visit().open(bea.name)
    expect(anna.page.locator("collision-line")).to_contain_text("Jonas Inbox is looking at this too")
    jonas.press("r").type("Me, I think")
    expect(anna.page.locator("collision-line")).to_contain_text("Jonas Inbox is writing a reply")
    anna.press("r").type("I do").press("Control+Enter")
    expect(anna.part("I do")).to_contain_text("Sent")
    expect(jonas.part("I do")).to_be_visible()
    jonas.press("Control+Enter")
    ask = jonas.page.locator("[data-ask]")
    expect(ask).to_contain_text("Anna Inbox wrote")
    jonas.page.get_by_role("button", name="Read it").click()
    expect(jonas.text).to_have_value("Me, I think")
    expect(jonas.text).to_be_focused()
    bea.write(conversation, "Oh, and one more thing")
    expect(jonas.part("one more thing")).to_be_visible()
    jonas.press("Control+Enter")
    expect(ask).to_contain_text(f"{bea.name} wrote")
    jonas.page.get_by_role("button", name="Send anyway").click()
    expect(jonas.part("Me, I think")).to_contain_text("Sent")
    bodies = [frame["part"]["body"] for frame in bea.everything() if frame["type"] == "part"]
    assert [body for body in bodies if body] == [
        "Which one of you answers?",
        "I do",
        "Oh, and one more thing",
        "Me, I think",
    ]


def test_one_wins_the_claim_and_the_other_is_told_who(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("Anybody?")
    anna, jonas = inbox(ANNA).visit().open(bea.name), inbox(JONAS).visit().open(bea.name)

    def first_anna(route: Route) -> None:
        anna.press("i")
        expect(anna.toast).to_contain_text("Yours now")
        route.continue_()

    jonas.page.route("**/claim/", first_anna)
    jonas.press("i")
    expect(jonas.toast).to_contain_text("Anna Inbox was faster")
    expect(jonas.page.locator(".thread-head [data-command=assign]")).to_contain_text("Anna Inbox")


def test_rows_never_move_under_the_pointer_or_the_focus(inbox: Opening, customer: Customer) -> None:
    first, second = customer(name()), customer(name())
    conversation = first.begin("I was here first")
    second.begin("And I second")
    anna = inbox(ANNA).visit()
    expect(anna.row(second.name)).to_be_visible()
    row = anna.row(first.name)
    row.focus()
    place = row.bounding_box()
    third = customer(name())
    third.begin("And I third")
    first.write(conversation, "Still here")
    pill = anna.page.locator("[data-changes]")
    expect(pill).to_contain_text("2 changes")
    expect(row).to_contain_text("Still here")
    expect(anna.row(third.name)).to_have_count(0)
    assert row.bounding_box() == place
    assert lower_edge(pill) <= upper_edge(anna.page.locator(".list-scroll"))  # it hides no row
    pill.click()
    expect(anna.row(third.name)).to_be_visible()
    rows = anna.page.locator(".row b")
    expect(rows.nth(0)).to_have_text(first.name)
    expect(rows.nth(1)).to_have_text(third.name)


def upper_edge(element: Locator) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["y"]


def lower_edge(element: Locator) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_what_stays_where_it_is_is_no_change(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    conversation = bea.begin("Nobody after me")
    anna = inbox(ANNA).visit()
    anna.row(bea.name).focus()
    bea.write(conversation, "And me again")
    expect(anna.row(bea.name)).to_contain_text("And me again")
    anna.page.wait_for_timeout(200)  # it would be counted with the next frame
    expect(anna.page.locator("[data-changes]")).to_be_hidden()


def test_a_row_that_leaves_stays_as_a_ghost_until_one_looks_away(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("Close me")
    anna, jonas = inbox(ANNA).visit(), inbox(JONAS).visit().open(bea.name)
    row = anna.row(bea.name)
    row.hover()
    jonas.press("e")
    expect(row).to_have_attribute("data-ghost", "")
    expect(row).to_contain_text("Closed")
    anna.page.mouse.move(1000, 400)
    expect(row).to_have_count(0)


def test_what_is_written_offline_is_kept_over_a_reload_and_sent_once(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("Are you online?")
    anna = inbox(ANNA)
    cut = {"now": False}
    lines: list[WebSocketRoute] = []

    def line(route: WebSocketRoute) -> None:
        if cut["now"]:
            route.close(code=1012)
        else:
            lines.append(route)
            route.connect_to_server()

    anna.page.route_web_socket("**/ws/inbox/", line)
    anna.visit().open(bea.name)
    expect(anna.page.locator("reply-composer textarea")).to_be_enabled()
    cut["now"] = True
    for each in lines:
        each.close(code=1012)
    anna.press("r").type("Now I am").press("Control+Enter")
    expect(anna.part("Now I am")).to_contain_text("Waiting for the connection")
    expect(anna.page.locator("connection-bar")).to_contain_text("No connection")
    anna.page.reload()
    expect(anna.part("Now I am")).to_contain_text("Waiting for the connection")
    cut["now"] = False
    expect(anna.part("Now I am")).to_contain_text("Sent", timeout=20_000)
    expect(anna.part("Now I am")).to_have_count(1)
    expect(anna.page.locator("connection-bar")).to_be_hidden(timeout=10_000)
    assert [frame.get("part", {}).get("body") for frame in bea.everything(2)].count("Now I am") == 1


def test_what_came_while_the_line_was_down_is_there_afterwards(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    conversation = bea.begin("one")
    anna = inbox(ANNA)
    lines: list[WebSocketRoute] = []

    def line(route: WebSocketRoute) -> None:
        lines.append(route)
        route.connect_to_server()

    anna.page.route_web_socket("**/ws/inbox/", line)
    anna.visit().open(bea.name)
    carl = customer(name())
    lines[-1].close(code=1012)
    bea.write(conversation, "two")
    bea.write(conversation, "three")
    carl.begin("me too")
    expect(anna.part("three")).to_be_visible(timeout=20_000)
    expect(anna.page.locator("inbox-thread .part .text")).to_have_text(["one", "two", "three"])
    anna.page.mouse.move(1000, 400)
    expect(anna.row(carl.name)).to_be_visible()


def test_the_title_counts_who_waits(inbox: Opening, customer: Customer) -> None:
    anna = inbox(ANNA).visit()
    expect(anna.page).to_have_title(re.compile(r"^\(\d+\) All open · Parley$|^All open · Parley$"))
    before = int((re.match(r"\((\d+)\)", anna.page.title()) or [0, 0])[1])
    customer(name()).begin("Count me")
    expect(anna.page).to_have_title(re.compile(rf"^\({before + 1}\) "))
