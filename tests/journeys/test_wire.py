"""Properties of the clients' half of the wire, run in a browser: neither Node nor a build is needed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.hosting import KEY, Host

pytestmark = pytest.mark.journey

TIMELINE = """async (rounds) => {
  const { Timeline } = await import("/static/wire/timeline.js");
  let seed = 20261123;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const some = (below) => Math.floor(random() * below);
  const shuffle = (list) => list.map((value) => [random(), value]).sort(([a], [b]) => a - b).map(([, value]) => value);

  for (let round = 0; round < rounds; round++) {
    const last = 5 + some(60), target = 1 + some(last - 2), at = target + 1 + some(last - target);
    const log = Array.from({ length: last }, (_, place) => ({ number: place + 1, kind: "message", event: null, data: {}, body: `b${place + 1}`, attachments: [] }));
    log[at - 1] = { number: at, kind: "event", event: "redacted", data: { number: target }, body: "", attachments: [] };
    const blank = { ...log[target - 1], body: "", attachments: [], redacted: true };
    const stored = (now) => log.slice(0, now).map((part) => (part.number === target && now >= at ? blank : part));
    const after = (number, now) => ({ type: "parts", parts: stored(now).slice(number, number + 7), last_number: now });
    const before = (number, now) => ({ type: "parts", parts: stored(now).filter((part) => part.number < number).slice(-9), last_number: now });

    const began = some(last), timeline = new Timeline(began), drawn = new Map();
    const draw = ({ added, changed }) => {
      for (const part of added) {
        if (drawn.has(part.number)) throw new Error(`round ${round}: ${part.number} was drawn twice`);
        drawn.set(part.number, part);
      }
      for (const part of changed) {
        if (!drawn.has(part.number)) throw new Error(`round ${round}: ${part.number} changed before it was drawn`);
        drawn.set(part.number, part);
      }
    };
    // Pushes get lost, come twice and in any order; answers to questions of long ago come in between.
    const pushes = shuffle(log.slice(began).flatMap((part) => (random() < 0.3 ? [] : random() < 0.3 ? [part, part] : [part])));
    for (const part of pushes) {
      draw(timeline.take({ type: "part", part }));
      const now = began + some(last - began + 1);
      if (random() < 0.2) draw(timeline.take(after(some(last), now)));
      if (random() < 0.2) draw(timeline.take(before(1 + some(last), now)));
      if (random() < 0.1) timeline.hear(now);
    }
    // Then the client does what it is told.
    let clock = 0;
    timeline.hear(last);
    for (let number; (number = timeline.wants((clock += 4000))) !== null; ) draw(timeline.take(after(number, last)));
    for (let number; (number = timeline.wantsEarlier((clock += 4000))) !== null; ) draw(timeline.take(before(number, last)));
    const expected = JSON.stringify(stored(last));
    if (JSON.stringify(timeline.parts) !== expected) throw new Error(`round ${round}: the window differs`);
    if (JSON.stringify([...drawn.values()].sort((a, b) => a.number - b.number)) !== expected) throw new Error(`round ${round}: the screen differs`);
  }
  return rounds;
}"""

OUTBOX = """async () => {
  const { Outbox } = await import("/static/wire/outbox.js");
  const sent = [], storage = sessionStorage, options = { send: ({ client_id }) => sent.push(client_id) > 0, storage, prefix: "t:", patience: 60 };
  const wait = (time) => new Promise((done) => setTimeout(done, time));
  const states = (outbox) => outbox.entries.map(({ frame, state }) => frame.client_id + ":" + state);
  const outbox = new Outbox(options), said = {};
  for (const client_id of ["a", "b"]) outbox.add({ client_id, conversation: "one" });
  outbox.add({ client_id: "z", conversation: "two" });
  said.offline = states(outbox);
  outbox.up();
  said.first = [...sent];                       // one of each conversation
  outbox.echo("a");
  said.second = [...sent];
  await wait(90);
  said.impatient = states(outbox);
  outbox.add({ client_id: "c", conversation: "one" });
  said.again = sent.slice(3);                   // what was written before goes before
  outbox.refuse("b", { code: "text_empty", message: "No." });
  said.refused = states(outbox);
  said.next = sent.slice(4);                    // a refusal holds up nobody
  const late = new Outbox({ ...options, send: () => false });
  said.reloaded = states(late);
  outbox.clear();
  said.cleared = [sent.length, storage.length];
  return said;
}"""


@pytest.fixture
def laboratory(page: Page, host: Host) -> Page:
    """A page of the desk's own origin."""
    page.goto(f"/messenger/{KEY}/")
    return page


def test_any_order_of_parts_ends_in_the_same_timeline(laboratory: Page) -> None:
    assert laboratory.evaluate(TIMELINE, 2000) == 2000


def test_the_outbox_keeps_order_and_forgets_nothing(laboratory: Page) -> None:
    said: dict[str, Any] = laboratory.evaluate(OUTBOX)
    assert said == {
        "offline": ["a:waiting", "b:waiting", "z:waiting"],
        "first": ["a", "z"],
        "second": ["a", "z", "b"],
        "impatient": ["b:failed", "z:failed"],
        "again": ["b"],
        "refused": ["b:refused", "z:failed", "c:sending"],
        "next": ["c"],
        "reloaded": ["b:waiting", "z:waiting", "c:waiting"],
        "cleared": [5, 0],
    }
