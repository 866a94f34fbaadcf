/** The line between a client and the desk: docs/protocol.md, points 5 and 6. */

const SILENCE = 30_000; // a pulse comes every 15 s: two missing ones mean that nobody is there
const STALE = 17_000; // after sleep or a dead spot one missing pulse is enough to doubt the line
const NOTICE = 3_000; // shorter breaks are nobody's business
const FINAL = new Set([4400, 4401, 4403]); // trying again would get the same answer

/**
 * A WebSocket that greets, listens for silence and reconnects with full jitter.
 *
 * Events, with what is in `detail`: `up` (the welcome frame), `frame` (any other frame), `down` ({code, reason, final}),
 * `lost` (down for three seconds: say so on screen). After a final `down` it stays closed until `open()`.
 */
export class Socket extends EventTarget {
  #url;
  #hello;
  #socket = null;
  #up = false;
  #tries = 0;
  #heard = 0;
  #timers = {};
  #listening = null;

  /** @param {string} path such as "/ws/inbox/"; @param {() => object} hello the fields of the first frame */
  constructor(path, hello) {
    super();
    this.#url = new URL(path, location.href.replace(/^http/, "ws")).href;
    this.#hello = hello;
  }

  get up() {
    return this.#up;
  }

  /** Connect, and stay connected. Harmless when already open. */
  open() {
    if (!this.#listening) {
      this.#listening = new AbortController();
      const { signal } = this.#listening;
      addEventListener("online", () => this.#wake(), { signal });
      // Browsers stall an open socket rather than closing it, and cry wolf at times: connecting anew settles both.
      addEventListener("offline", () => this.#up && this.#fall(4408, "offline"), { signal });
      document.addEventListener("visibilitychange", () => document.hidden || this.#wake(), { signal });
    }
    if (!this.#socket) this.#connect();
  }

  /** Close for good, or until the next `open()`. */
  close() {
    this.#rest();
    this.#drop();
  }

  /** @returns {boolean} whether it went out; false while the line is down */
  send(type, fields = {}) {
    if (!this.#up || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ type, ...fields }));
    return true;
  }

  /** Say hello; once more if the desk refused the first one with an `error`. */
  greet() {
    this.#socket?.send(JSON.stringify({ type: "hello", protocol: 1, ...this.#hello() }));
  }

  #connect() {
    clearTimeout(this.#timers.retry);
    const socket = (this.#socket = new WebSocket(this.#url));
    this.#listen();
    socket.onopen = () => this.greet();
    socket.onmessage = ({ data }) => socket === this.#socket && this.#hear(JSON.parse(data));
    socket.onclose = ({ code, reason }) => socket === this.#socket && this.#fall(code, reason);
  }

  #hear(frame) {
    this.#listen();
    if (frame.type !== "welcome") return this.#tell("frame", frame);
    this.#up = true;
    this.#tries = 0;
    clearTimeout(this.#timers.lost);
    this.#timers.lost = null;
    this.#tell("up", frame);
  }

  #listen() {
    this.#heard = Date.now();
    clearTimeout(this.#timers.silence);
    this.#timers.silence = setTimeout(() => this.#fall(4408, "silence"), this.#up ? SILENCE : SILENCE / 2);
  }

  #fall(code, reason) {
    this.#drop();
    clearTimeout(this.#timers.silence);
    const final = FINAL.has(code);
    if (final) this.#rest();
    else {
      this.#timers.lost ??= setTimeout(() => this.#tell("lost"), NOTICE);
      this.#timers.retry = setTimeout(() => this.#connect(), Math.random() * Math.min(30_000, 500 * 2 ** this.#tries++));
    }
    this.#tell("down", { code, reason, final });
  }

  #rest() {
    this.#listening?.abort();
    this.#listening = null;
    for (const name in this.#timers) clearTimeout(this.#timers[name]);
    this.#timers = {};
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#up = false;
    socket?.close();
  }

  #wake() {
    if (!this.#socket) this.#connect();
    else if (this.#up && Date.now() - this.#heard > STALE) this.#fall(4408, "stale");
  }

  #tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
