"""A shift in the inbox: by keyboard alone, and every verb with its button and its way back."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.desk import Desk
from tests.journeys.inboxes import (
    ANNA,
    JONAS,
    TEAM,
    TOPIC,
    Customer,
    Inbox,
    Opening,
    customer,
    inbox,
    name,
    northwind,
    sign_in,
    signed_in,
)

__all__ = ["customer", "inbox", "northwind", "signed_in"]  # fixtures
pytestmark = pytest.mark.journey


def test_a_shift_by_keyboard_alone(page: Page, northwind: Desk, customer: Customer) -> None:
    ada, bea = customer(name()), customer(name())
    ada.begin("the second question")
    bea.begin("the first question")
    page.goto("/inbox/all/")
    expect(page.get_by_label("E-mail")).to_be_focused()
    anna = Inbox(page)
    anna.type(ANNA).press("Tab").type("a-rather-long-password").press("Enter")
    page.wait_for_url("**/inbox/all/")
    expect(anna.row(bea.name)).to_be_visible()
    anna.press("j")
    expect(anna.row(bea.name)).to_be_focused()
    anna.press("j")
    expect(anna.row(ada.name)).to_be_focused()
    anna.press("k", "Enter")
    expect(anna.part("the first question")).to_be_visible()
    anna.press("r")
    expect(anna.text).to_be_focused()
    anna.type("jke is only text here").press("Control+Enter")
    expect(anna.part("jke is only text here")).to_contain_text("Sent")
    anna.press("Escape", "e")
    expect(anna.toast).to_contain_text("Closed.")
    expect(anna.part("the second question")).to_be_visible()
    expect(anna.row(ada.name)).to_be_focused()
    anna.press("z")
    expect(anna.part("the first question")).to_be_visible()
    expect(page.locator("[data-closure]")).to_contain_text("Close")
    anna.press("u")
    expect(page.locator("[data-nothing]")).to_be_visible()
    expect(anna.row(bea.name)).to_be_focused()
    anna.press("g", "m")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mine")
    anna.press("]")
    expect(page.get_by_role("heading", level=1)).to_have_text("Unassigned")
    anna.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    anna.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    assert anna.problems == []


def test_every_verb_has_a_button_and_a_way_back(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("Please help")
    anna = inbox(ANNA).visit().open(bea.name)
    page, pick = anna.page, anna.page.locator("#pick")

    def fact(command: str) -> Any:
        return page.locator(f".facts [data-command={command}]")

    def choose(command: str, option: str) -> None:
        fact(command).click()
        pick.get_by_role("option", name=option).first.click()
        expect(pick).to_be_hidden()

    page.get_by_role("button", name="Take it").click()
    expect(fact("assign")).to_contain_text("You")
    choose("assign", "Jonas Inbox")
    expect(anna.toast).to_contain_text("Given to Jonas Inbox")
    anna.toast.get_by_role("button", name="Undo").click()
    expect(fact("assign")).to_contain_text("You")
    choose("team", TEAM)
    expect(fact("team")).to_contain_text(TEAM)
    choose("priority", "Urgent")
    expect(anna.row(bea.name)).to_contain_text("Urgent")
    choose("topic", TOPIC)
    expect(fact("topic")).to_contain_text(TOPIC)
    tag = f"tag {uuid.uuid4().hex[:6]}"
    fact("tags").click()
    anna.type(tag).press("Enter")
    expect(fact("tags")).to_contain_text(tag)
    expect(pick.get_by_role("option", name=tag)).to_be_visible()
    anna.press("Escape")
    fact("follow").click()
    expect(fact("follow")).to_have_attribute("aria-pressed", "true")
    page.locator(".title-line").get_by_role("button", name="Snooze").click()
    pick.get_by_role("option", name=f"Until {bea.name} replies").click()
    expect(anna.toast).to_contain_text("Snoozed until")
    anna.toast.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-closure]")).to_be_visible()
    page.locator("[data-closure]").click()
    expect(anna.toast).to_contain_text("Closed.")
    anna.press("g", "c")
    anna.open(bea.name)
    page.get_by_role("button", name="Open again").click()
    expect(page.locator("[data-closure]")).to_contain_text("Close")
    for text in (
        "took this",
        "gave this to Jonas",
        f"moved this to {TEAM}",
        "set the priority to Urgent",
        f"added {tag}",
    ):
        expect(anna.log).to_contain_text(text)


def test_snooze_until_a_time(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("Later is fine")
    anna = inbox(ANNA).visit().open(bea.name).press("h")
    pick = anna.page.locator("#pick")
    expect(pick.get_by_role("combobox")).to_be_focused()
    anna.type("tomo").press("Enter")
    expect(anna.toast).to_contain_text("Snoozed until")
    anna.press("g", "s")
    expect(anna.row(bea.name)).to_contain_text("Until")
    anna.open(bea.name).press("h")
    pick.locator("input[type=datetime-local]").fill("2020-01-01T09:00")
    pick.get_by_role("button", name="Snooze until then").click()
    expect(pick).to_contain_text("That is over")


def test_merge_and_unmerge(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("I was charged twice")
    bea.begin("charged two times!!")
    anna = inbox(ANNA).visit().open("charged two times!!").press("m")
    anna.page.locator("#pick").get_by_role("option", name="I was charged twice").click()
    dialog = anna.page.get_by_role("dialog", name=re.compile("^Merge"))
    dialog.get_by_role("button", name="Merge").click()
    expect(anna.part("I was charged twice")).to_be_visible()
    expect(anna.log).to_contain_text("into this")
    anna.press("z")
    expect(anna.part("charged two times!!")).to_be_visible()
    expect(anna.log).to_contain_text("undid the merge")


def test_a_merge_is_undone_where_it_is_told(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("My first letter")
    source = bea.begin("My second letter")
    anna = inbox(ANNA).visit().open("My second letter").press("m")
    anna.page.locator("#pick").get_by_role("option", name="My first letter").click()
    anna.page.get_by_role("dialog", name=re.compile("^Merge")).get_by_role("button", name="Merge").click()
    expect(anna.part("My first letter")).to_be_visible()
    anna.page.goto(f"/inbox/c/{source}/")
    expect(anna.part("My first letter")).to_be_visible()
    anna.page.get_by_role("button", name="Undo the merge").click()
    expect(anna.part("My second letter")).to_be_visible()
    anna.open("My first letter")
    expect(anna.page.get_by_role("button", name="Undo the merge")).to_be_hidden()


def test_what_goes_out_of_sight_closes(inbox: Opening, customer: Customer, northwind: Desk) -> None:
    bea = customer(name())
    bea.begin("For other eyes")
    northwind.manage("shell", "-c", "from people.models import Team; Team.objects.get_or_create(name='Journey vault')")
    jonas, anna = inbox(JONAS).visit().open(bea.name), inbox(ANNA).visit().open(bea.name)
    anna.press("t").type("Journey vault").press("Enter")
    expect(jonas.toast).to_contain_text("not yours to see")
    expect(jonas.part("For other eyes")).to_have_count(0)


def test_what_is_typed_before_a_question_is_there_answers_it(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("Too fast for you")
    anna = inbox(ANNA)
    held: list[Route] = []
    anna.page.route("**/pickers*.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it calls
    anna.visit().open(bea.name).press("p").type("urg").press("Enter")
    held[0].continue_()
    expect(anna.page.get_by_role("button", name="Priority: Urgent")).to_be_visible()


def test_split_and_redact(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    conversation = bea.begin("My card is 4111 1111 1111 1111")
    bea.write(conversation, "Also, do you ship to Norway?")
    anna = inbox(ANNA).visit().open(bea.name)
    page = anna.page
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Remove a message").click()
    page.locator("inbox-thread .part").filter(has_text="4111").get_by_role("checkbox").check()
    page.get_by_role("button", name="Remove for everybody").click()
    dialog = page.get_by_role("dialog", name="Remove for everybody?")
    dialog.get_by_label("Why").fill("card number")
    dialog.get_by_role("button", name="Remove").click()
    expect(page.locator("inbox-thread [data-redacted]")).to_contain_text("Removed")
    expect(anna.log).not_to_contain_text("4111")
    expect(page.locator("[data-pick-bar]")).to_be_hidden()
    anna.press("Shift+M")
    page.locator("inbox-thread .part").filter(has_text="Norway").get_by_role("checkbox").check()
    page.get_by_role("button", name="Move to a new conversation").click()
    expect(anna.toast).to_contain_text("Moved to #")
    anna.toast.get_by_role("button").click()
    expect(anna.part("Norway")).to_be_visible()
    expect(anna.log).to_contain_text("split this off")


def test_the_way_in_leads_where_one_wanted(page: Page, northwind: Desk) -> None:
    page.goto("/inbox/snoozed/")
    expect(page).to_have_url(re.compile(r"/login/\?next=/inbox/snoozed/$"))
    sign_in(page, JONAS, "/login/?next=/inbox/snoozed/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Snoozed")
    page.get_by_role("button", name=re.compile("availability")).click()
    with page.expect_response("**/availability/"):
        page.get_by_role("button", name="Away").click()
    expect(page.locator("[data-there]")).to_have_attribute("data-there", "away")
    page.get_by_label("Why you are away").fill("lunch")
    with page.expect_response("**/availability/"):
        page.get_by_label("Why you are away").press("Enter")
    page.reload()
    expect(page.locator("[data-there]")).to_have_attribute("data-there", "away")
    page.get_by_role("button", name=re.compile("availability")).click()
    expect(page.get_by_label("Why you are away")).to_have_value("lunch")
    page.get_by_role("button", name="Online").click()
    expect(page.locator("[data-there]")).to_have_attribute("data-there", "online")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login/$"))
