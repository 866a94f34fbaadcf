/** Any order of pushes, with losses and repetitions, then what `wants` says: the same window, the same screen. */
async ([module, rounds]) => {
  const { Timeline } = await import(module);
  let seed = 20261123;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const some = (below) => Math.floor(random() * below);
  const shuffle = (list) => list.map((value) => [random(), value]).sort(([a], [b]) => a - b).map(([, value]) => value);

  for (let round = 0; round < rounds; round++) {
    const last = 5 + some(60), target = 1 + some(last - 2), at = target + 1 + some(last - target);
    const plain = { kind: "message", event: null, data: {}, attachments: [] };
    const log = Array.from({ length: last }, (_, place) => ({ ...plain, number: place + 1, body: `b${place + 1}` }));
    log[at - 1] = { ...plain, number: at, kind: "event", event: "redacted", data: { number: target }, body: "" };
    const blank = { ...log[target - 1], body: "", attachments: [], redacted: true };
    const stored = (now) => log.slice(0, now).map((part) => (part.number === target && now >= at ? blank : part));
    const after = (number, now) => ({ type: "parts", parts: stored(now).slice(number, number + 7), last_number: now });
    const above = (number, now) => stored(now).filter((part) => part.number < number);
    const before = (number, now) => ({ type: "parts", parts: above(number, now).slice(-9), last_number: now });

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
    const copies = (part) => (random() < 0.3 ? [] : random() < 0.3 ? [part, part] : [part]);
    const pushes = shuffle(log.slice(began).flatMap(copies));
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
    const screen = [...drawn.values()].sort((a, b) => a.number - b.number);
    if (JSON.stringify(screen) !== expected) throw new Error(`round ${round}: the screen differs`);
  }
  return rounds;
}
