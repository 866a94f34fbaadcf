"""What agents look up: the customer, search, long lists and long threads, and what all that costs."""

from __future__ import annotations

import gzip
import re
import uuid

import pytest
from playwright.sync_api import Response, expect

from tests.desk import Desk
from tests.journeys.inboxes import ANNA, Customer, Opening, customer, inbox, name, northwind, signed_in

__all__ = ["customer", "inbox", "northwind", "signed_in"]  # fixtures
pytestmark = pytest.mark.journey


def test_the_customer_beside_the_thread(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("An old story")
    bea.begin("A new story")
    bea.send("page", url="https://shop.example/new?secret=1", title="New page")
    anna = inbox(ANNA).visit().open("A new story")
    pane = anna.page.get_by_role("complementary", name="Customer")
    expect(pane).to_contain_text(bea.name)
    expect(pane).to_contain_text("Verified by their site")
    expect(pane).to_contain_text("New page")
    expect(pane.locator("[title*='secret']")).to_have_count(0)
    pane.get_by_role("link", name="An old story").click()
    expect(anna.part("An old story")).to_be_visible()


def test_search(inbox: Opening, customer: Customer) -> None:
    bea, word = customer(name()), f"zephyr{uuid.uuid4().hex[:8]}"
    bea.begin(f"The {word} lamp is broken & <b>hot</b>")
    anna = inbox(ANNA).visit()
    page, hits = anna.page, anna.page.locator("#hits")
    page.wait_for_timeout(1_500)  # the index follows the parts, it is not written with them
    anna.press("/").type(word)
    expect(hits.locator("mark")).to_have_text(word)
    expect(hits).to_contain_text("<b>hot</b>")
    anna.press("ArrowDown", "Enter")
    expect(anna.part(word)).to_be_visible()
    page.goto(f"/inbox/search/?q={word}")
    expect(page.locator(".hit")).to_contain_text(bea.name)
    page.goto("/inbox/search/?q=nothingwillbefoundhere")
    expect(page.locator(".empty")).to_contain_text("Nothing for “nothingwillbefoundhere”.")


_MANY = """
import uuid
from datetime import timedelta
from django.utils import timezone
from conversations import actions, serializers
from conversations.models import Touchpoint
from conversations.parts import NewPart
from people.models import Customer, Team
site, team, now = Touchpoint.objects.get(key="inbox-journeys"), Team.objects.create(name="{crowd}"), timezone.now()
parts = []
for n in range({count}):
    whose = Customer.objects.create(name=f"{crowd} {{n:03}}")
    one = actions.start(actions.NewConversation(uuid.uuid4(), whose, site), now=now)
    type(one).objects.filter(pk=one.pk).update(team=team)
    when = now - timedelta(days=2, minutes=n)
    actions.post_one(NewPart(one.pk, "message", serializers.customer_author(whose), "hi", uuid.uuid4()), now=when)
author = serializers.customer_author(whose)
long = [NewPart(one.pk, "message", author, f"Line {{n:03}}", uuid.uuid4()) for n in range(160)]
actions.post(long, now=now - timedelta(days=3))
print("team", team.pk)
"""


def test_long_lists_and_long_threads(inbox: Opening, northwind: Desk) -> None:
    count, crowd = 420, f"Crowd{uuid.uuid4().hex[:6]}"
    team = re.search(r"team (\d+)", northwind.manage("shell", "-c", _MANY.format(count=count, crowd=crowd)))
    assert team
    anna = inbox(ANNA).visit(f"/inbox/team-{team[1]}/")
    page, rows = anna.page, anna.page.locator(".row")
    expect(rows.first).to_be_visible()
    seen: set[str] = set()
    scroll = page.locator(".list-scroll")
    for _ in range(60):
        names = page.locator(".row b").all_text_contents()
        seen.update(names)
        assert len(names) <= 300
        if len(seen) == count:
            break
        scroll.evaluate("(box) => box.scrollTo(0, box.scrollHeight)")
        page.wait_for_timeout(150)
    assert len(seen) == count
    scroll.evaluate("(box) => box.scrollTo(0, 0)")
    expect(anna.row(f"{crowd} 000")).to_be_visible()
    order = page.locator(".row b").all_text_contents()
    assert order == sorted(order)
    page.goto(f"/inbox/team-{team[1]}/")
    anna.press("g", "g")
    last = f"{crowd} {count - 1:03}"
    page.goto(f"/inbox/search/?q={last.replace(' ', '+')}")
    page.locator(".hit").filter(has_text=last).first.click()
    expect(anna.part("Line 159")).to_be_visible()
    assert page.locator("inbox-thread .part").count() == 50
    thread = page.locator("inbox-thread")
    anchor = page.locator("inbox-thread .part").nth(3)
    thread.evaluate("(box) => box.scrollTo(0, 310)")
    before = anchor.evaluate("(part) => [part.dataset.number, part.getBoundingClientRect().top]")
    thread.evaluate("(box) => box.scrollTo(0, 290)")
    expect(page.locator("inbox-thread .part")).to_have_count(100)
    same = page.locator(f"inbox-thread [data-number='{before[0]}']")
    after = same.evaluate("(part) => part.getBoundingClientRect().top")
    assert abs(after - before[1] - 20) <= 2


def test_a_page_costs_little(inbox: Opening, customer: Customer) -> None:
    """Everything an agent's browser fetches until it can work, as gzip would send it."""
    customer(name()).begin("How heavy is this?")
    anna = inbox(ANNA)
    sizes: dict[str, int] = {}

    def weigh(response: Response) -> None:
        if response.status == 200:
            body = response.body()
            sizes[response.url] = len(body) if response.url.endswith(".woff2") else len(gzip.compress(body, 9))

    anna.page.on("response", weigh)
    anna.visit("/inbox/waiting/")
    anna.page.wait_for_timeout(1_500)
    assert sum(sizes.values()) <= 120 * 1024, sorted(sizes.items(), key=lambda each: -each[1])
