"""The inbox against people who mean harm."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import FilePayload, expect

from tests.journeys.inboxes import ANNA, Customer, Opening, customer, inbox, northwind, signed_in

__all__ = ["customer", "inbox", "northwind", "signed_in"]  # fixtures
pytestmark = pytest.mark.journey


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '"><img src=x onerror=alert(1)>',
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
    '<div style="background:url(javascript:alert(1))">',
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<template><img src=x onerror=alert(1)></template>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<!--<img src="--><img src=x onerror=alert(1)>">',
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "javascript:alert(1)",
    'https://evil.example/"onmouseover=alert(1)//',
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
    bea.send("page", url="https://shop.example/<img src=x onerror=alert(2)>", title="<img src=x onerror=alert(3)>")
    conversation = bea.begin(f"{word} <img src=x onerror=alert(4)>")
    for payload in PAYLOADS:
        bea.write(conversation, payload)
    anna = inbox(ANNA)
    reports: list[str] = []

    def hear(report: str) -> None:
        reports.append(report)

    anna.page.expose_function("reported", hear)
    anna.page.add_init_script("addEventListener('securitypolicyviolation', (e) => reported(e.violatedDirective))")
    anna.visit().open(word)
    expect(anna.page.locator("inbox-thread .part .text")).to_have_count(len(PAYLOADS) + 1)
    shown = anna.page.locator("inbox-thread .part .text").all_text_contents()
    assert [text.strip() for text in shown[1:]] == [payload.strip() for payload in PAYLOADS]
    expect(anna.page.get_by_role("complementary", name="Customer")).to_contain_text("onerror=alert(3)")
    anna.press("n").type(f"{word} </textarea><img src=x onerror=alert(5)>")
    file = FilePayload(name="<img src=x onerror=alert(6)>.txt", mimeType="text/plain", buffer=b"harmless")
    anna.page.locator("[data-files][type=file]").set_input_files(file)
    expect(anna.page.locator(".chip progress")).to_have_count(0)
    anna.press("Control+Enter")
    expect(anna.part("alert(5)")).to_contain_text("only your team")
    anna.page.reload()
    expect(anna.part("alert(5)")).to_be_visible()
    anna.page.wait_for_timeout(1_000)
    anna.press("Escape", "/").type(word)
    expect(anna.page.locator("#hits .hit").first).to_be_visible()
    strange = ":is(img, svg:not(.i), script, iframe, style, form, details, [onerror], [onload], [hx-get])"
    for place in ("inbox-thread", ".rows", ".who", "#hits"):
        assert anna.page.locator(f"{place} {strange}").count() == 0
    assert reports == []
