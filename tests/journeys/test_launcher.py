"""What the snippet costs a page, and how it gets along with the pages of others."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.desk import Desk
from tests.journeys.hosting import KEY, Host
from tests.journeys.messengers import Messenger

pytestmark = pytest.mark.journey

SHIFTS = """new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted = (window.shifted || 0) + entry.value;
}).observe({type: "layout-shift", buffered: true});"""
VIOLATIONS = "addEventListener('securitypolicyviolation', (e) => (window.violations ||= []).push(e.violatedDirective))"


def requests_of(page: Page, origin: str) -> list[Request]:
    """Fills with every finished request to the desk."""
    seen: list[Request] = []
    page.on("requestfinished", lambda request: seen.append(request) if request.url.startswith(origin) else None)
    return seen


def packed(requests: list[Request]) -> int:
    """What they weigh in gzip, all together."""
    return sum(len(gzip.compress(response.body(), 9)) for each in requests if (response := each.response()))


def test_a_page_view_costs_one_small_script(messenger: Messenger, live_desk: Desk) -> None:
    page = messenger.page
    page.add_init_script(SHIFTS)
    seen = requests_of(page, live_desk.url)
    messenger.visit()
    expect(messenger.launcher).to_be_visible()
    page.wait_for_timeout(1500)
    assert [each.url for each in seen] == [f"{live_desk.url}/w.js"]
    assert packed(seen) <= 4096
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert page.evaluate("window.shifted || 0") == 0


def test_opened_it_costs_five_requests(messenger: Messenger, live_desk: Desk) -> None:
    messenger.visit()
    expect(messenger.launcher).to_be_visible()
    seen = requests_of(messenger.page, live_desk.url)
    messenger.launcher.press("Enter")
    expect(messenger.inside.get_by_role("button", name="Send us a message")).to_be_focused()
    messenger.page.wait_for_timeout(500)
    assert len(seen) <= 5, [each.url for each in seen]
    assert packed(seen) <= 17_000
    assert messenger.page.context.cookies() == []
    assert messenger.frame.evaluate("localStorage.length + sessionStorage.length") == 0
    messenger.begin().write("What does it all weigh?")
    expect(messenger.part("weigh")).to_contain_text("Sent")
    assert packed(seen) <= 25 * 1024


def test_nothing_of_the_launcher_blocks_the_page(live_desk: Desk) -> None:
    script = live_desk.get("/w.js")[1]
    forbidden = [
        "eval(",
        "Function(",
        "innerHTML",
        "unload",
        "document.cookie",
        "XMLHttpRequest",
        "fetch(",
        "sendBeacon",
    ]
    assert [word for word in forbidden if word in script] == []


def test_the_keyboard_is_enough(messenger: Messenger) -> None:
    page = messenger.visit().page
    expect(messenger.launcher).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(messenger.launcher).to_be_focused()
    expect(messenger.launcher).to_have_accessible_name("Open chat")
    page.keyboard.press("Enter")
    expect(messenger.launcher).to_have_accessible_name("Close chat")
    expect(messenger.launcher).to_have_attribute("aria-expanded", "true")
    expect(messenger.inside.get_by_role("button", name="Send us a message")).to_be_focused()
    page.keyboard.press("Escape")
    expect(messenger.inside.locator("main")).to_be_hidden()
    assert page.evaluate("document.activeElement.localName") == "parley-launcher"
    box = messenger.launcher.bounding_box()
    assert box
    assert (box["width"], box["height"]) == (56, 56)


def test_a_hostile_style_sheet_changes_nothing(messenger: Messenger) -> None:
    rules = "all:revert!important;font-size:40px!important;display:block!important;position:static!important"
    hostile = f"<style>*{{{rules}}}</style>"
    messenger.visit(messenger.host.page())
    expect(messenger.launcher).to_be_visible()
    plain = messenger.launcher.bounding_box()
    messenger.visit(messenger.host.page(head=hostile))
    expect(messenger.launcher).to_be_visible()
    assert messenger.launcher.bounding_box() == plain
    messenger.open()
    frame = messenger.page.locator("parley-launcher iframe").bounding_box()
    assert frame
    assert frame["width"] == 400


def test_without_scripts_there_is_another_way(browser: Browser, host: Host) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{host.desk_url}/demo/")
    expect(page.get_by_role("link", name="hello@northwind.example")).to_be_visible()
    context.close()


def test_a_second_snippet_is_ignored(messenger: Messenger) -> None:
    messenger.visit(messenger.host.page(snippet=messenger.host.snippet() * 2))
    expect(messenger.launcher).to_be_visible()
    messenger.page.wait_for_timeout(300)
    assert messenger.page.locator("parley-launcher").count() == 1


@pytest.mark.parametrize("extra", ["", "; require-trusted-types-for 'script'; trusted-types 'none'"])
def test_a_strict_policy_of_the_page_is_kept(messenger: Messenger, live_desk: Desk, extra: str) -> None:
    policy = f"default-src 'none'; script-src {live_desk.url}; frame-src {live_desk.url}{extra}"
    messenger.page.add_init_script(VIOLATIONS)
    messenger.visit(messenger.host.page(Content_Security_Policy=policy)).open().begin().write("Through a strict policy")
    expect(messenger.part("Through a strict policy")).to_contain_text("Sent")
    assert messenger.page.evaluate("window.violations || []") == []
    assert messenger.frame.evaluate("window.violations || []") == []


def test_an_isolated_page_can_embed_it(messenger: Messenger) -> None:
    isolated = {"Cross_Origin_Embedder_Policy": "require-corp", "Cross_Origin_Opener_Policy": "same-origin"}
    messenger.visit(messenger.host.page(**isolated)).open()
    assert messenger.page.evaluate("crossOriginIsolated") is True


def test_it_outlives_a_page_that_swaps_its_body(messenger: Messenger) -> None:
    messenger.visit().open().begin()
    messenger.text.fill("half a sen")
    messenger.page.evaluate("document.body.replaceWith(document.createElement('body'))")
    expect(messenger.text).to_have_value("half a sen")
    messenger.page.evaluate("document.querySelector('parley-launcher').remove()")
    expect(messenger.launcher).to_be_attached()
    expect(messenger.text).to_have_value("half a sen")  # loaded anew, from its draft


def test_only_the_sites_of_the_touchpoint_may_frame_it(page: Page, host: Host, live_desk: Desk) -> None:
    stranger = Host(live_desk.url)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "frame-ancestors" in message.text else None)
    page.goto(stranger.page())
    page.locator("parley-launcher button").click()
    page.wait_for_timeout(800)
    assert refused
    stranger.close()


def test_a_stranger_in_the_page_learns_nothing(messenger: Messenger, live_desk: Desk) -> None:
    """The messenger speaks through the port it was handed first, and to nobody else."""
    messenger.visit().open().begin().write("For your eyes only")
    expect(messenger.part("eyes")).to_contain_text("Sent")
    heard: Any = messenger.page.evaluate(
        """async (origin) => {
          const heard = [], channel = new MessageChannel();
          const frame = document.querySelector("parley-launcher").shadowRoot.querySelector("iframe");
          channel.port1.onmessage = ({data}) => heard.push(data);
          addEventListener("message", ({data}) => heard.push(data));
          for (const message of ["parley ", {type: "session"}, {type: "forget"}, null, 7, "opened"])
            frame.contentWindow.postMessage(message, origin, message === "parley " ? [channel.port2] : []);
          await new Promise((done) => setTimeout(done, 400));
          return heard;
        }""",
        live_desk.url,
    )
    assert heard == []
    expect(messenger.part("eyes")).to_be_visible()


def test_print_and_forced_colours(messenger: Messenger) -> None:
    messenger.visit()
    expect(messenger.launcher).to_be_visible()
    messenger.page.emulate_media(forced_colors="active")
    border = messenger.launcher.evaluate("(button) => getComputedStyle(button).borderTopColor")
    assert border != "rgba(0, 0, 0, 0)"
    messenger.page.emulate_media(media="print", forced_colors="none")
    expect(messenger.launcher).to_be_hidden()


@pytest.mark.parametrize(("lang", "name"), [("sv-SE", "Öppna chatten"), ("id", "Buka obrolan"), ("fr", "Open chat")])
def test_it_speaks_the_language_of_the_page(messenger: Messenger, lang: str, name: str) -> None:
    messenger.visit(messenger.host.page(lang=lang))
    expect(messenger.launcher).to_have_accessible_name(name)


def test_the_snippet_has_a_say(messenger: Messenger) -> None:
    snippet = messenger.host.snippet(color="#ffe600", side="start", bottom="80", open="Need help?")
    page = messenger.visit(messenger.host.page(snippet=snippet, head="<script>document.dir='rtl'</script>")).page
    expect(messenger.launcher).to_have_accessible_name("Need help?")
    expect(messenger.launcher).to_have_css("color", "rgb(0, 0, 0)")
    expect(messenger.launcher).to_have_css("background-color", "rgb(255, 230, 0)")
    box, size = messenger.launcher.bounding_box(), page.viewport_size
    assert box
    assert size
    assert box["x"] + box["width"] == size["width"] - 20  # the start of a page that runs from right to left
    assert box["y"] + box["height"] == size["height"] - 100


def test_where_storage_is_forbidden_it_works_for_a_page_view(browser: Browser, host: Host) -> None:
    """A site other than ours, in a browser that keeps strangers out of its storage."""
    context: BrowserContext = browser.new_context(locale="en")
    messenger = Messenger(context.new_page(), host)
    messenger.visit(host.page().replace("localhost", "127.0.0.1")).open()
    assert messenger.frame.evaluate("(() => { try { return !!localStorage } catch { return false } })()") is False
    messenger.begin().write("Without a memory")
    expect(messenger.part("Without a memory")).to_contain_text("Sent")
    assert messenger.page.evaluate("localStorage.length") == 0
    assert messenger.problems == []
    context.close()


def test_an_unknown_site_is_not_there(live_desk: Desk, host: Host) -> None:
    assert live_desk.get(f"/messenger/{KEY}/")[0] == 200
    assert live_desk.get("/messenger/nobody/")[0] == 404
