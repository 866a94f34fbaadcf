"""A shift in the inbox: by keyboard, by mouse, on a phone, by screen reader, and against people who mean harm."""

from __future__ import annotations

import gzip
import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

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
    violations,
)

__all__ = ["customer", "inbox", "northwind", "signed_in"]  # fixtures
pytestmark = pytest.mark.journey

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_a_shift_by_keyboard_alone(page: Page, northwind: Desk, customer: Customer) -> None:
    ada, bea = customer(name()), customer(name())
    ada.begin("the second question")
    bea.begin("the first question")
    page.goto("/inbox/all/")
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
    expect(fact("assign")).to_contain_text("Jonas Inbox")
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
    for text in ("took this", "gave this to Jonas", f"moved this to {TEAM}", "set the priority to Urgent", f"added {tag}"):
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
    anna.press("Escape")
    anna.press("Shift+M") if page.locator("[data-nothing]").is_hidden() else anna.open(bea.name).press("Shift+M")
    page.locator("inbox-thread .part").filter(has_text="Norway").get_by_role("checkbox").check()
    page.get_by_role("button", name="Move to a new conversation").click()
    expect(anna.toast).to_contain_text("Moved to #")
    anna.toast.get_by_role("button").click()
    expect(anna.part("Norway")).to_be_visible()
    expect(anna.log).to_contain_text("split this off")


def test_drafts_survive_a_reload_and_wait_on_every_device(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("Take your time")
    anna = inbox(ANNA).visit().open(bea.name).press("r").type("Dear Bea, I am")
    expect(anna.page.locator("[data-saved]")).to_have_text("Saved")
    expect(anna.row(bea.name)).to_contain_text("Draft")
    anna.page.reload()
    expect(anna.text).to_have_value("Dear Bea, I am")
    other = inbox(ANNA).visit().open(bea.name)
    expect(other.text).to_have_value("Dear Bea, I am")
    other.press("r").type(" looking into it")
    expect(other.page.locator("[data-saved]")).to_have_text("Saved")
    anna.press("r").type(" not sure")
    ask = anna.page.locator("[data-ask]")
    expect(ask).to_contain_text("You wrote something else elsewhere: “Dear Bea, I am looking into it”")
    anna.page.get_by_role("button", name="Use that").click()
    expect(anna.text).to_have_value("Dear Bea, I am looking into it")
    anna.press("r", "Control+Enter")
    expect(anna.part("looking into it")).to_contain_text("Sent")
    expect(anna.row(bea.name)).not_to_contain_text("Draft")
    anna.page.reload()
    expect(anna.part("looking into it")).to_be_visible()
    expect(anna.text).to_have_value("")


def test_calling_a_colleague(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("A hard one")
    anna = inbox(ANNA).visit().open(bea.name).press("n").type("ask @jona")
    expect(anna.page.get_by_role("option", name="Jonas Inbox")).to_be_visible()
    anna.press("Enter").type("please").press("Control+Enter")
    expect(anna.part("ask @Jonas Inbox please").locator(".mention")).to_have_text("@Jonas Inbox")
    jonas = inbox(JONAS).visit("/inbox/mentions/")
    expect(jonas.row(bea.name)).to_be_visible()


def test_files_go_with_a_reply(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("Could you send me the receipt?")
    anna = inbox(ANNA).visit().open(bea.name).press("r").type("Here it is")
    files = anna.page.locator("[data-files][type=file]")
    files.set_input_files({"name": "receipt.txt", "mimeType": "text/plain", "buffer": b"total 64.90"})
    expect(anna.page.locator(".chip")).to_contain_text("receipt.txt")
    expect(anna.page.locator(".chip progress")).to_have_count(0)
    anna.press("Control+Enter")
    expect(anna.part("Here it is")).to_contain_text("receipt.txt")
    expect(anna.part("Here it is")).to_contain_text("Sent")
    part = bea.wait("part", body="Here it is")["part"]
    assert [file["name"] for file in part["attachments"]] == ["receipt.txt"]
    files.set_input_files({"name": "big.txt", "mimeType": "text/plain", "buffer": b"x" * (20 * 1024 * 1024 + 1)})
    expect(anna.page.locator("[data-wrong]").first).to_contain_text("big.txt is too large")


def test_the_customer_beside_the_thread(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("An old story", page={"url": "https://shop.example/old?secret=1", "title": "Old page"})
    bea.begin("A new story", page={"url": "https://shop.example/new", "title": "New page"})
    anna = inbox(ANNA).visit().open("A new story")
    pane = anna.page.get_by_role("complementary", name="Customer")
    expect(pane).to_contain_text(bea.name)
    expect(pane).to_contain_text("Verified by their site")
    expect(pane).to_contain_text("Spanish")
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


def test_on_a_phone(inbox: Opening, customer: Customer) -> None:
    bea = customer(name())
    bea.begin("From my phone to yours")
    anna = inbox(ANNA, **PHONE).visit()
    page = anna.page
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    anna.row(bea.name).tap()
    expect(anna.text).to_be_visible()
    expect(page.locator("row-list")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    anna.text.fill("Hello")
    page.get_by_role("button", name="Send reply").tap()
    expect(anna.part("Hello")).to_contain_text("Sent")
    page.get_by_role("button", name="Back to the list").tap()
    expect(anna.row(bea.name)).to_be_visible()
    page.get_by_role("button", name="Views").tap()
    page.get_by_role("link", name="Mine").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mine")


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (720, 900), (320, 640)])
def test_nothing_is_wider_than_the_screen(inbox: Opening, customer: Customer, size: tuple[int, int]) -> None:
    bea = customer(name())
    bea.begin("x" * 400)
    anna = inbox(ANNA, viewport={"width": size[0], "height": size[1]}).visit().open(bea.name)
    assert anna.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    box = anna.text.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= size[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(inbox: Opening, customer: Customer, page: Page, theme: Any) -> None:
    bea = customer(name())
    bea.begin("Can everybody read this?")
    page.emulate_media(color_scheme=theme)
    page.goto("/login/")
    assert violations(page) == []
    anna = inbox(ANNA, color_scheme=theme).visit()
    assert violations(anna.page) == []
    anna.open(bea.name).press("r").type("Yes").press("Control+Enter")
    expect(anna.part("Yes")).to_contain_text("Sent")
    anna.press("n").type("A note").press("Control+Enter")
    expect(anna.part("A note")).to_contain_text("only your team")
    anna.page.wait_for_timeout(300)
    assert violations(anna.page) == []
    anna.press("Escape", "a")
    expect(anna.page.get_by_role("option").first).to_be_visible()
    assert violations(anna.page) == []
    anna.press("Escape", "?")
    assert violations(anna.page) == []
    anna.page.goto("/inbox/search/?q=read")
    assert violations(anna.page) == []
    anna.page.goto("/password/")
    assert violations(anna.page) == []


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "\"><img src=x onerror=alert(1)>",
    "'><img src=x onerror=alert(1)>",
    "</textarea><img src=x onerror=alert(1)>",
    "</title><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'>",
    "<iframe src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{display:none}</style>",
    "<div style=\"background:url(javascript:alert(1))\">",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<template><img src=x onerror=alert(1)></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<!--<img src=\"--><img src=x onerror=alert(1)>\">",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "javascript:alert(1)",
    "https://evil.example/\"onmouseover=alert(1)//",
    "https://evil.example/<img/src=x/onerror=alert(1)>",
    "http://a.example/'onclick='alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
    "{% load x %}{{ request.user.password }}",
    "<hx-partial hx-get=/logout/ hx-trigger=load>",
    "<div hx-get=/inbox/choices/ hx-trigger=load hx-on:click=alert(1)>",
    "<img src=x onerror=\u2028alert(1)>",
    "\u202e<gpj.exe",
    "@<b>Anna Inbox</b>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "<scr\u0131pt>alert(1)</scr\u0131pt>",
    "%3Cscript%3Ealert(1)%3C/script%3E",
]


def test_nothing_people_write_becomes_markup(inbox: Opening, customer: Customer) -> None:
    """As name, message, page title and file name; in the list, the thread, the pane, the note and the search."""
    word = f"corpus{uuid.uuid4().hex[:8]}"
    bea = customer(f"{word}<img src=x onerror=alert(0)>\"'><svg onload=alert(0)>")
    page = {"url": "https://shop.example/<img src=x onerror=alert(2)>", "title": "<img src=x onerror=alert(3)>"}
    conversation = bea.begin(f"{word} <img src=x onerror=alert(4)>", page=page)
    for payload in PAYLOADS:
        bea.write(conversation, payload)
    anna = inbox(ANNA)
    reports: list[str] = []
    anna.page.expose_function("reported", reports.append)
    anna.page.add_init_script("addEventListener('securitypolicyviolation', (e) => reported(e.violatedDirective + e.blockedURI))")
    anna.visit().open(word)
    expect(anna.page.locator("inbox-thread .part .text")).to_have_count(len(PAYLOADS) + 1)
    shown = anna.page.locator("inbox-thread .part .text").all_text_contents()
    assert [text.strip() for text in shown[1:]] == [payload.strip() for payload in PAYLOADS]
    expect(anna.page.get_by_role("complementary", name="Customer")).to_contain_text("onerror=alert(3)")
    anna.press("n").type(f"{word} </textarea><img src=x onerror=alert(5)>")
    file = {"name": "<img src=x onerror=alert(6)>.txt", "mimeType": "text/plain", "buffer": b"harmless"}
    anna.page.locator("[data-files][type=file]").set_input_files(file)
    expect(anna.page.locator(".chip progress")).to_have_count(0)
    anna.press("Control+Enter")
    expect(anna.part("alert(5)")).to_contain_text("only your team")
    anna.page.reload()
    expect(anna.part("alert(5)")).to_be_visible()
    anna.page.wait_for_timeout(1_000)
    anna.press("Escape", "/").type(word)
    expect(anna.page.locator("#hits .hit").first).to_be_visible()
    strange = "inbox-thread :is(img, svg:not(.i), script, iframe, style, form, details, [onerror], [onload], [hx-get]), #hits img"
    assert anna.page.locator(strange).count() == 0
    assert anna.page.locator(".who :is(img, script, [onerror])").count() == 0
    assert reports == []


_MANY = """
import uuid
from datetime import timedelta
from django.utils import timezone
from conversations import actions, serializers
from conversations.models import Touchpoint
from conversations.parts import NewPart
from people.models import Customer, Team
site, team, now = Touchpoint.objects.get(key="inbox-journeys"), Team.objects.create(name="Crowd"), timezone.now()
parts = []
for n in range({count}):
    whose = Customer.objects.create(name=f"Crowd {{n:03}}")
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
    count = 420
    team = re.search(r"team (\d+)", northwind.manage("shell", "-c", _MANY.format(count=count)))
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
    expect(anna.row("Crowd 000")).to_be_visible()
    order = page.locator(".row b").all_text_contents()
    assert order == sorted(order)
    page.goto(f"/inbox/team-{team[1]}/")
    anna.press("g", "g")
    last = f"Crowd {count - 1:03}"
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
    after = page.locator(f"inbox-thread [data-number='{before[0]}']").evaluate("(part) => part.getBoundingClientRect().top")
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


def test_the_way_in_leads_where_one_wanted(page: Page, northwind: Desk) -> None:
    page.goto("/inbox/snoozed/")
    expect(page).to_have_url(re.compile(r"/login/\?next=/inbox/snoozed/$"))
    sign_in(page, JONAS, "/login/?next=/inbox/snoozed/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Snoozed")
    page.get_by_role("button", name=re.compile("availability")).click()
    page.get_by_role("button", name="Away").click()
    expect(page.locator("[data-there]")).to_have_attribute("data-there", "away")
    page.get_by_label("Why you are away").fill("lunch")
    page.get_by_label("Why you are away").press("Enter")
    page.reload()
    expect(page.locator("[data-there]")).to_have_attribute("data-there", "away")
    page.get_by_role("button", name=re.compile("availability")).click()
    expect(page.get_by_label("Why you are away")).to_have_value("lunch")
    page.get_by_role("button", name="Online").click()
    expect(page.locator("[data-there]")).to_have_attribute("data-there", "online")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login/$"))
