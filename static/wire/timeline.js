/** The client's half of docs/protocol.md, points 3 to 5: right whatever order parts arrive in. No DOM in here. */

/**
 * @typedef {{number: number, kind: string, event: ?string, data: object, client_id: ?string, body: string,
 *            attachments: object[], redacted: boolean, [field: string]: any}} Part
 */

/**
 * What is known of one conversation: an unbroken window of parts, `first` … `have`. Parts may come in any order, twice or
 * not at all; whoever does what `wants()` says ends with the same window as everybody else.
 */
export class Timeline {
  first = null;
  have = null; // null until it is known where the window begins
  known = 0; // the highest number anybody mentioned
  #parts = new Map();
  #held = new Map();
  #redacted = new Set();
  #asked = { after: null, at: 0 };
  #lookedBack = { before: null, at: 0 };

  /** @param {?number} have the number after which the window begins; null: the first `parts` frame decides */
  constructor(have = null) {
    if (have !== null) this.begin(have);
  }

  /** The window, in order. @returns {Part[]} */
  get parts() {
    return [...this.#parts.values()].sort((a, b) => a.number - b.number);
  }

  /** @returns {Part|undefined} */
  part(number) {
    return this.#parts.get(number);
  }

  begin(have) {
    this.have = have;
    this.first = have + 1;
    this.known = Math.max(this.known, have);
  }

  /**
   * Take a `part` or `parts` frame. @returns {{added: Part[], changed: Part[]}} what to draw anew and what to draw again
   */
  take(frame) {
    const parts = frame.type === "part" ? [frame.part] : frame.parts;
    if (this.have === null && frame.type === "parts") this.begin(parts.length ? parts[0].number - 1 : frame.last_number);
    this.hear(frame.last_number ?? 0);
    const change = { added: [], changed: [] };
    for (const part of parts) this.#sort(part, change);
    if (this.have === null) return change;
    while (this.#held.has(this.have + 1)) this.#add(this.#pick(++this.have), change);
    while (this.#held.has(this.first - 1)) this.#add(this.#pick(--this.first), change);
    // What does not touch the window from below answers a question of long ago; it can be asked again.
    for (const number of this.#held.keys()) if (number < this.first) this.#held.delete(number);
    return change;
  }

  /** Somebody (a pulse, a summary) says how far the conversation goes. */
  hear(last) {
    this.known = Math.max(this.known, last);
  }

  /**
   * The `after` of the `sync` to send now, or null. One question at a time, asked again after three seconds.
   * @returns {?number}
   */
  wants(now = Date.now()) {
    if (this.have === null || this.have >= this.known) return null;
    if (this.#asked.after === this.have && now - this.#asked.at < 3_000) return null;
    this.#asked = { after: this.have, at: now };
    return this.have;
  }

  /** The `before` of the `earlier` to send now for what lies above the window, or null. @returns {?number} */
  wantsEarlier(now = Date.now()) {
    if (this.have === null || this.first <= 1) return null;
    if (this.#lookedBack.before === this.first && now - this.#lookedBack.at < 3_000) return null;
    this.#lookedBack = { before: this.first, at: now };
    return this.first;
  }

  /** The line is a new one: what was asked on the old one gets no answer any more. */
  renew() {
    this.#asked.at = this.#lookedBack.at = 0;
  }

  #sort(part, change) {
    this.known = Math.max(this.known, part.number);
    const old = this.#parts.get(part.number) ?? this.#held.get(part.number);
    if (!old) this.#held.set(part.number, part);
    else if (part.redacted) this.#redact(part.number, change);
  }

  #pick(number) {
    const part = this.#held.get(number);
    this.#held.delete(number);
    return part;
  }

  #add(part, change) {
    const kept = this.#redacted.has(part.number) ? blank(part) : part;
    this.#parts.set(part.number, kept);
    change.added.push(kept);
    if (part.event === "redacted") this.#redact(part.data.number, change);
  }

  #redact(number, change) {
    this.#redacted.add(number);
    const part = this.#parts.get(number);
    if (!part || part.redacted) return;
    this.#parts.set(number, blank(part));
    const drawn = change.added.findIndex((added) => added.number === number);
    if (drawn < 0) change.changed.push(this.#parts.get(number));
    else change.added[drawn] = this.#parts.get(number);
  }
}

const blank = (part) => ({ ...part, body: "", attachments: [], redacted: true });
