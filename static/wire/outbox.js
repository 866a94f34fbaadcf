/** Messages on their way: docs/protocol.md, points 1 and 2. Keeps them over a reload. No DOM in here. */

/**
 * @typedef {"waiting"|"sending"|"failed"|"refused"} State
 *   waiting: for the line, or for its turn · failed: no echo in time · refused: the desk said no
 * @typedef {{frame: {client_id: string, conversation: string, [field: string]: any}, at: number, state: State,
 *            error: ?{code: string, message: string, retry_after?: number}}} Entry
 */

const PASSING = new Set(["busy", "slow_down", "storage_full", "too_many_connections"]);

/** A UUIDv4; `crypto.randomUUID` is missing on plain http, where desks are tried out. */
export function uuid() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  random[6] = (random[6] & 0x0f) | 0x40;
  random[8] = (random[8] & 0x3f) | 0x80;
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * Of each conversation one message is under way at a time, so they are stored in the order they were written; each keeps
 * its `client_id` however often it goes out. Entries lie in `storage` one by one: two tabs cannot overwrite each other's,
 * and when both send the same one the desk stores it once.
 *
 * Event `change` ({entry, gone}): its state changed, or it left.
 */
export class Outbox extends EventTarget {
  /** @type {Entry[]} oldest first */
  entries = [];
  #options;
  #up = false;
  #flying = new Map(); // conversation → client_id under way
  #timers = new Map(); // client_id → when we stop believing

  /** @param {{send: (frame: object) => boolean, storage?: ?Storage, prefix?: string, limit?: number, patience?: number}} options */
  constructor({ send, storage = null, prefix = "out:", limit = 50, patience = 8_000 }) {
    super();
    this.#options = { send, storage, prefix, limit, patience };
    this.#adopt();
  }

  get full() {
    return this.entries.length >= this.#options.limit;
  }

  /** @param {Entry["frame"]} frame the fields of a `message` @returns {Entry} */
  add(frame) {
    const last = this.entries.at(-1)?.at ?? 0;
    const entry = { frame, at: Math.max(Date.now(), last + 1), state: "waiting", error: null };
    this.entries.push(entry);
    this.#store(entry);
    this.#change(entry, "waiting");
    this.#hurry(entry);
    return entry;
  }

  /** A part came back, so it is committed. @returns {Entry|undefined} what we had sent */
  echo(client_id) {
    const entry = this.#find(client_id);
    if (entry) this.drop(client_id);
    return entry;
  }

  /** The desk said no. What will pass is tried again, mostly before anybody notices. */
  refuse(client_id, error) {
    const entry = this.#find(client_id);
    if (!entry) return;
    entry.error = error;
    if (PASSING.has(error.code)) return void setTimeout(() => this.#again(entry), (error.retry_after ?? 1) * 1000);
    this.#land(entry);
    this.#change(entry, "refused");
    this.#drain(entry.frame.conversation);
  }

  /** Try again now, after whatever of the same conversation was written before it. */
  retry(client_id) {
    const entry = this.#find(client_id);
    if (!entry) return;
    this.#change(entry, "waiting");
    this.#hurry(entry);
  }

  /** Let go of an entry: it has arrived, or was given up. */
  drop(client_id) {
    const entry = this.#find(client_id);
    if (!entry) return;
    this.entries = this.entries.filter((other) => other !== entry);
    this.#leave(entry);
    this.#drain(entry.frame.conversation);
  }

  /** The line is up: everything goes out again, also what another tab left behind. */
  up() {
    this.#up = true;
    this.#adopt();
    for (const entry of this.entries) if (entry.state !== "refused") this.#hurry(entry);
  }

  down() {
    this.#up = false;
    this.#flying.clear();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    for (const entry of this.entries) if (entry.state === "sending") this.#change(entry, "waiting");
  }

  /** Forget everything, sending nothing more. */
  clear() {
    const gone = this.entries;
    this.entries = [];
    for (const entry of gone) this.#leave(entry);
  }

  #find(client_id) {
    return this.entries.find((entry) => entry.frame.client_id === client_id);
  }

  /** From now on an echo is expected within our patience. */
  #hurry(entry) {
    if (!this.#up) return;
    const { client_id, conversation } = entry.frame;
    clearTimeout(this.#timers.get(client_id));
    this.#timers.set(client_id, setTimeout(() => this.#fail(entry), this.#options.patience));
    this.#drain(conversation);
  }

  #drain(conversation) {
    if (!this.#up || this.#flying.has(conversation)) return;
    const next = this.entries.find((entry) => entry.frame.conversation === conversation && entry.state !== "refused");
    if (!next || !this.#options.send(next.frame)) return;
    this.#flying.set(conversation, next.frame.client_id);
    this.#change(next, "sending");
    if (!this.#timers.has(next.frame.client_id)) this.#hurry(next);
  }

  #again({ frame: { client_id, conversation } }) {
    if (this.#flying.get(conversation) === client_id) this.#flying.delete(conversation);
    this.#drain(conversation);
  }

  #leave(entry) {
    this.#options.storage?.removeItem(this.#options.prefix + entry.frame.client_id);
    this.#land(entry);
    this.#change(entry, entry.state, true);
  }

  #fail(entry) {
    this.#land(entry);
    this.#change(entry, "failed");
  }

  #land(entry) {
    const { client_id, conversation } = entry.frame;
    if (this.#flying.get(conversation) === client_id) this.#flying.delete(conversation);
    clearTimeout(this.#timers.get(client_id));
    this.#timers.delete(client_id);
  }

  #change(entry, state, gone = false) {
    entry.state = state;
    this.dispatchEvent(new CustomEvent("change", { detail: { entry, gone } }));
  }

  #store({ frame, at }) {
    try {
      this.#options.storage?.setItem(this.#options.prefix + frame.client_id, JSON.stringify({ frame, at }));
    } catch {
      // Full: it still goes out, it only would not survive a reload.
    }
  }

  #adopt() {
    const { storage, prefix } = this.#options;
    for (const key of Object.keys(storage ?? {})) {
      if (!key.startsWith(prefix) || this.#find(key.slice(prefix.length))) continue;
      try {
        this.entries.push({ ...JSON.parse(storage.getItem(key)), state: "waiting", error: null });
      } catch {
        storage.removeItem(key); // half written by a browser that crashed
      }
    }
    this.entries.sort((a, b) => a.at - b.at);
  }
}
