"""A suggestion beside a conversation: read, questioned, accepted and corrected without a mouse."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.desk import Desk
from tests.journeys.inboxes import (
    ANNA,
    JONAS,
    TOPIC,
    Customer,
    Inbox,
    Opening,
    customer,
    inbox,
    name,
    northwind,
    signed_in,
    violations,
)

__all__ = ["customer", "inbox", "northwind", "signed_in"]  # fixtures
pytestmark = pytest.mark.journey

_VERDICT = """
import json
from django.utils import timezone
from conversations.models import Conversation, Topic
from people.models import Team
from triage.models import Decision, Verdict
from tests.journeys.inboxes import TEAM, TOPIC
given = json.loads({given!r})
where = Conversation.objects.get(public_id=given["conversation"])
refund, _ = Topic.objects.get_or_create(name=TOPIC)
other, _ = Topic.objects.get_or_create(name="Journey delivery")
Verdict.objects.filter(conversation=where).update(is_last=False)
Verdict.objects.create(
    conversation=where, number=where.last_number, topic=refund, topic_probability=given["share"], known=0.9,
    is_sure=given["share"] > 0.7, threshold=0.7, created_at=timezone.now(), priority=3, priority_probability=0.8,
    top=[dict(topic=str(refund.pk), name=TOPIC, probability=given["share"]),
         dict(topic=str(other.pk), name="Journey delivery", probability=0.1)],
    sentiment=-2, anger=0.9, tier=2, language="en", language_probability=0.9,
    reasons=dict(topic=[dict(text="charged twice", weight=2.0), dict(text="<b>money</b>", weight=1.0)]),
)
Decision.objects.create(
    conversation=where, kind="team", team=where.team, reasons=[dict(code="abstained")], created_at=timezone.now(),
)
"""


def judge(desk: Desk, conversation: str, share: float = 0.86) -> None:
    """Triage gives its verdict."""
    given = json.dumps({"conversation": conversation, "share": share})
    desk.manage("shell", "-v0", "-c", _VERDICT.format(given=given))


def waiting(desk: Desk, customer: Customer, share: float = 0.86) -> str:
    """Somebody has written and was judged; their name."""
    bea = customer(name())
    judge(desk, bea.begin("You charged me twice"), share)
    return bea.name


def card(anna: Inbox) -> Any:
    return anna.page.get_by_role("region", name="Suggestion")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.localName"))


def test_accepted_by_one_key(northwind: Desk, inbox: Opening, customer: Customer) -> None:
    anna = inbox(ANNA).visit().open(waiting(northwind, customer))
    expect(card(anna)).to_contain_text(f"Probably {TOPIC} · 86 %")
    expect(card(anna)).to_contain_text("Angry")
    assert card(anna).locator("b").count() == 1, "what a customer wrote became markup"
    before = focused(anna.page)
    anna.press("y")
    expect(anna.toast).to_contain_text("Thanks, noted")
    expect(card(anna)).to_contain_text(f"Thanks, noted: {TOPIC}")
    expect(anna.page.locator("[data-topic]").first).to_have_text(TOPIC)
    expect(anna.page.locator("inbox-thread")).to_contain_text(f"Anna Inbox agreed: this is about {TOPIC}")
    assert focused(anna.page) == before
    jonas = inbox(JONAS).visit()
    jonas.page.goto(anna.page.url)
    expect(card(jonas)).to_contain_text(f"Anna Inbox says: {TOPIC}")


def test_questioned_and_corrected_by_keyboard(northwind: Desk, inbox: Opening, customer: Customer) -> None:
    anna = inbox(ANNA).visit().open(waiting(northwind, customer))
    expect(card(anna)).to_contain_text("Probably")
    anna.press("Shift+Y")
    expect(card(anna).get_by_role("button", name="Why")).to_have_attribute("aria-expanded", "true")
    expect(card(anna)).to_contain_text("because of charged twice, <b>money</b>")
    expect(card(anna)).to_contain_text("English · 90 %")
    card(anna).get_by_role("button", name="Set to High").focus()
    anna.press("Enter")
    expect(anna.page.locator(".fact [data-priority]")).to_have_text("High")
    card(anna).get_by_role("button", name="Journey delivery").focus()
    anna.press("Enter")
    expect(card(anna)).to_contain_text("Thanks, noted: Journey delivery")
    expect(card(anna)).to_contain_text("English · 90 %")
    anna.press("z")
    expect(anna.page.locator(".fact [data-topic]")).to_have_text("Topic")
    anna.press("Shift+Y")
    expect(card(anna)).not_to_contain_text("English")


def test_unsure_it_says_so_and_suggests_nothing(northwind: Desk, inbox: Opening, customer: Customer) -> None:
    anna = inbox(ANNA).visit().open(waiting(northwind, customer, share=0.4))
    expect(card(anna)).to_contain_text("Not sure yet")
    expect(card(anna)).not_to_contain_text(TOPIC)
    anna.press("y")
    anna.press("l").type(TOPIC)
    anna.press("Enter")
    expect(card(anna)).to_contain_text(f"Thanks, noted: {TOPIC}")


def test_it_follows_the_conversation_and_asks_only_then(northwind: Desk, inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    conversation = bea.begin("Hello")
    other = waiting(northwind, customer)
    anna = inbox(ANNA).visit()
    with anna.page.expect_response(lambda response: "/triage/" in response.url):
        anna.open(bea.name)
    anna.page.wait_for_load_state("networkidle")
    asked: list[str] = []
    anna.page.on("request", lambda request: asked.append(request.url) if "/triage/" in request.url else None)
    anna.text.fill("half an answer")
    anna.page.wait_for_timeout(2_500)
    assert asked == []
    expect(card(anna)).to_be_hidden()
    judge(northwind, conversation)
    bea.write(conversation, "You charged me twice")
    expect(card(anna)).to_contain_text("Probably")
    expect(anna.text).to_be_focused()
    expect(anna.text).to_have_value("half an answer")
    anna.page.wait_for_timeout(2_500)
    assert len(asked) <= 3, asked
    anna.press("Escape").open(other)
    shown = anna.page.url.partition("/c/")[2].partition("/")[0]
    expect(card(anna).locator("[data-of]")).to_have_attribute("data-of", shown)
    expect(card(anna)).to_contain_text("Probably")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(northwind: Desk, inbox: Opening, customer: Customer, theme: Any) -> None:
    anna = inbox(ANNA, color_scheme=theme).visit().open(waiting(northwind, customer))
    expect(card(anna)).to_contain_text("Probably")
    anna.page.wait_for_timeout(300)
    assert violations(anna.page) == []
    anna.press("Shift+Y")
    expect(card(anna)).to_contain_text("English")
    assert violations(anna.page) == []
    for path in ("topics/", "topics/new/", "topics/none/", "settings/"):
        anna.page.goto(f"/triage/{path}")
        assert violations(anna.page) == [], path
    anna.page.goto("/triage/settings/")
    anna.page.locator(".team-list a").first.click()
    expect(anna.page.get_by_role("button", name="Save team")).to_be_visible()
    assert violations(anna.page) == []


def test_nothing_is_wider_than_the_screen(northwind: Desk, inbox: Opening, customer: Customer) -> None:
    who = waiting(northwind, customer)
    anna = inbox(ANNA).visit().open(who)
    conversation = anna.page.url
    for width, height in ((1440, 900), (720, 900), (390, 844), (320, 640)):
        anna.page.set_viewport_size({"width": width, "height": height})
        anna.page.goto(conversation)
        expect(card(anna)).to_contain_text("Probably")
        card(anna).get_by_role("button", name="Why").click()
        expect(card(anna)).to_contain_text("English")
        assert anna.page.evaluate("document.documentElement.scrollWidth") <= width
        box = anna.text.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height
        for path in ("topics/", "settings/"):
            anna.page.goto(f"/triage/{path}")
            assert anna.page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_topic_set_up_by_keyboard(inbox: Opening) -> None:
    page = inbox(ANNA).visit().page
    page.get_by_role("button", name="availability and account").press("Enter")
    page.get_by_role("link", name="Triage").press("Enter")
    page.get_by_role("link", name="Topics").press("Enter")
    page.get_by_role("link", name="New topic").press("Enter")
    page.get_by_label("Name").press_sequentially("")
    page.get_by_role("button", name="Create topic").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing is saved yet")
    called = f"Gift cards {name()}"
    page.get_by_label("Name").fill(called)
    page.get_by_label("Name").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(called)
    page.get_by_label("Examples, one on each line").fill(f"My {called} does not work\nHow much is left on {called}?")
    page.get_by_role("button", name="Add examples").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("2 examples added.")
    page.get_by_role("checkbox", name="How much is left").press(" ")
    page.get_by_role("button", name="Remove what is ticked").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 example removed.")
