/** What one has begun to write, kept on the desk: per conversation and kind, on every device, over every reload. */
import { address, ask, Refused } from "./desk.js";
import { me } from "./data.js";

const PAUSE = 800; // after the last key
const AGAIN = 5_000;

/** One draft. `change` is called with "saving", "saved", "kept" (in this browser, for now) and "conflict". */
export class Draft {
  #conversation;
  #kind;
  #version;
  #body;
  #saved;
  #timer = 0;
  #saving = null;
  #tell;

  /** @param {{body: string, version: number}} stored what the desk has */
  constructor(conversation, kind, stored = { body: "", version: 0 }, tell = () => {}) {
    this.#conversation = conversation;
    this.#kind = kind;
    this.#saved = stored.body;
    // A text kept here still has to go over the version it was begun from: the desk's may have changed elsewhere since.
    ({ body: this.#body, version: this.#version } = this.#kept ?? stored);
    this.#tell = tell;
    if (this.#body !== this.#saved) this.#later(0);
  }

  get body() {
    return this.#body;
  }

  set body(text) {
    if (text === this.#body) return;
    this.#body = text;
    this.#later(PAUSE);
  }

  /** Save now what is not saved yet. */
  async flush({ keepalive = false } = {}) {
    clearTimeout(this.#timer);
    if (this.#saving && !keepalive) await this.#saving;
    if (this.#body.trim() === this.#saved.trim()) return;
    this.#saving = this.#save(this.#body, keepalive);
    await this.#saving;
    this.#saving = null;
  }

  /** It was sent, and the desk drops it with that. A save under way may come later and bring it back: that is undone. */
  sent() {
    clearTimeout(this.#timer);
    this.#body = "";
    this.#keep(null);
    if (this.#saving) return void this.flush();
    this.#version = 0;
    this.#saved = "";
  }

  /** End of a conflict: `body` is the text, over what the desk has. */
  settle(body, stored) {
    this.#version = stored.version;
    this.#saved = stored.body;
    this.#body = body;
    this.#later(0);
  }

  #later(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), pause);
  }

  async #save(body, keepalive) {
    this.#keep(body);
    this.#tell("saving");
    try {
      const path = `${address(this.#conversation, "draft")}${this.#kind}/`;
      const { version } = await ask("PUT", path, { body, version: this.#version }, { keepalive });
      this.#version = version;
      this.#saved = body;
      this.#keep(null);
      this.#tell(body ? "saved" : "");
    } catch (problem) {
      this.#failed(problem);
    }
  }

  #failed(problem) {
    if (problem instanceof Refused && problem.code === "edit_conflict") return this.#tell("conflict", problem.more.stored);
    this.#tell("kept");
    if (!(problem instanceof Refused) || problem.status === 0 || problem.status >= 500) this.#later(AGAIN);
  }

  // While the desk cannot be reached this browser keeps the text itself.

  get #key() {
    return `parley:draft:${me.id}:${this.#conversation}:${this.#kind}`;
  }

  get #kept() {
    return JSON.parse(localStorage.getItem(this.#key));
  }

  #keep(text) {
    try {
      if (text === null) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, JSON.stringify({ body: text, version: this.#version }));
    } catch {
      // Full: the desk's copy will have to do.
    }
  }
}
