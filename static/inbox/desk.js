/**
 * What all parts of the inbox share: the line to the desk, the newest row of each conversation, and where we are.
 *
 * Every frame is passed on as an event of its own type. Besides them: `up`, `down`, `lost` (the line), `rows` ({rows, gone},
 * wherever they came from), `counts`, `view` (another list), `open` (another conversation, or none) and `outbox`.
 */
import { Outbox } from "../wire/outbox.js";
import { Socket } from "../wire/socket.js";
import { data, me } from "./data.js";

const KEPT = 1_000; // rows remembered

class Desk extends EventTarget {
  view = data.view;
  open = data.thread?.row.id ?? null;
  counts = {};
  socket = new Socket("/ws/inbox/", () => ({}));
  outbox = new Outbox({
    send: ({ files, ...frame }) => this.socket.send("message", frame),
    storage: localStorage,
    prefix: `parley:out:${me.id}:`,
  });
  #rows = new Map();

  start() {
    this.socket.addEventListener("up", ({ detail }) => this.#up(detail));
    this.socket.addEventListener("down", ({ detail }) => this.#down(detail));
    this.socket.addEventListener("lost", () => this.tell("lost"));
    this.socket.addEventListener("frame", ({ detail }) => this.#hear(detail));
    this.outbox.addEventListener("change", ({ detail }) => this.tell("outbox", detail));
    this.socket.open();
  }

  tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** The newest row we know of a conversation. */
  row(id) {
    return this.#rows.get(id);
  }

  /** Take rows from wherever; one that is older than what we hold is not news. */
  take(rows, gone = []) {
    const news = rows.filter((row) => row && !(this.#rows.get(row.id)?.version > row.version)).map((row) => this.#keep(row));
    for (const id of gone) this.#rows.delete(id);
    if (news.length || gone.length) this.tell("rows", { rows: news, gone });
  }

  /** Reading makes no version, and never goes back: what was fetched before a mark was set does not unset it. */
  #keep(fresh) {
    const { read = 0, customer_read = 0 } = this.#rows.get(fresh.id) ?? {};
    const row = { ...fresh, read: Math.max(read, fresh.read), customer_read: Math.max(customer_read, fresh.customer_read) };
    this.#rows.delete(row.id);
    this.#rows.set(row.id, row);
    for (const id of this.#rows.keys()) {
      if (this.#rows.size <= KEPT) break;
      if (id !== this.open) this.#rows.delete(id);
    }
    return row;
  }

  #up(welcome) {
    this.#count(welcome.counts);
    this.outbox.up();
    this.tell("up", welcome);
  }

  #down(detail) {
    this.outbox.down();
    this.tell("down", detail);
  }

  #hear(frame) {
    if (frame.type === "rows") {
      this.#count(frame.counts);
      this.take(frame.rows, frame.gone);
      return;
    }
    for (const part of frame.part ? [frame.part] : (frame.parts ?? [])) if (part.client_id) this.outbox.echo(part.client_id);
    if (frame.type === "error" && frame.client_id) this.outbox.refuse(frame.client_id, frame.error);
    if (frame.row) this.take([frame.row]);
    this.tell(frame.type, frame);
  }

  #count(counts) {
    if (!counts) return;
    this.counts = counts;
    this.tell("counts", counts);
  }
}

export const desk = new Desk();

/** The address of a conversation, or of something about it. */
export const address = (id, noun = "") => `/inbox/c/${id}/${noun}${noun && "/"}`;

/** The desk said no, or could not be reached (`code` is then "no_answer"). */
export class Refused extends Error {
  constructor({ code = "no_answer", message = "", ...more } = {}, status = 0) {
    super(message);
    Object.assign(this, { code, status, more });
  }
}

/** Ask the desk. @returns {Promise<any>} its answer @throws {Refused} */
export async function ask(method, path, body, { signal, keepalive } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = data.csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const limit = AbortSignal.timeout(15_000);
  const options = { method, headers, keepalive, body: body && JSON.stringify(body), signal: signal ? AbortSignal.any([signal, limit]) : limit };
  const response = await fetch(path, options).catch((problem) => {
    throw signal?.aborted ? problem : new Refused();
  });
  const json = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(json.error, response.status);
  return json;
}
