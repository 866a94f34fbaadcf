/** What the messenger knows and does, without a pixel: who we are, our conversations, the line to the desk. */

import { Socket } from "../wire/socket.js";

/** Storage that may be forbidden: then nothing is kept beyond this page view. */
function cellar(name) {
  try {
    return window[name];
  } catch {} // a SecurityError
}

/** The page's language as written in the visitor's country: "21:41" or "9:41 PM". */
const page = document.documentElement.lang;
export const locale = navigator.languages.find((each) => each.startsWith(`${page}-`)) ?? page;

/** Unread messages of others; events do not count. */
export const unreadIn = ({ merged_into, last_number, read, events = [] }) =>
  merged_into ? 0 : Math.max(0, last_number - read - events.filter((number) => number > read).length);

/**
 * Events: `change`, `parts` ({conversation, change}), `arrival` ({part}), `typing` (the frame), `line` ({state: "up" |
 * "down" | "lost" | "denied"}), `session` ({known}), `warning` ({text}), `pending` ({entry, gone}), `moved` ({from,
 * to}), `reset` ({keeps: it stays theirs; else somebody else is here}), `outdated` (the page is older than the desk).
 */
export class Desk extends EventTarget {
  conversations = new Map();
  timelines = new Map();
  outbox = null;
  uuid = null;
  page = null;
  customer = null;
  #site;
  #prefix;
  #local = cellar("localStorage");
  #session = cellar("sessionStorage");
  #token;
  #identity = null;
  #shown = null; // the identity that the last hello carried
  #socket;
  #tabs;

  constructor(site) {
    super();
    this.#site = site;
    this.#prefix = `parley:${site}:`;
    this.#token = this.recall("token");
    this.#socket = new Socket("/ws/messenger/", () => this.#hello());
    this.#socket.addEventListener("up", ({ detail }) => this.#welcomed(detail));
    this.#socket.addEventListener("frame", ({ detail }) => this.#frames[detail.type]?.(detail));
    this.#socket.addEventListener("down", ({ detail }) => this.#fell(detail));
    this.#socket.addEventListener("lost", () => this.#tell("line", { state: "lost" }));
    this.#tabs = new BroadcastChannel(this.#prefix);
    this.#tabs.onmessage = ({ data }) => this.#heard(data);
  }

  recall(name, passing = false) {
    return (passing ? this.#session : this.#local)?.getItem(this.#prefix + name) ?? null;
  }

  /** Keep until the tab closes (`passing`) or for good; null forgets. */
  keep(name, value, passing = false) {
    const store = passing ? this.#session : this.#local;
    try {
      value === null ? store?.removeItem(this.#prefix + name) : store?.setItem(this.#prefix + name, value);
    } catch {} // full: it is only kept in memory then
  }

  get known() { return Boolean(this.#token); }
  get up() { return this.#socket.up; }

  /** What lets us upload and fetch files. */
  get authorization() { return { Authorization: `Bearer ${this.#token ?? this.#begin()}` }; }

  connect() {
    if (!this.#token && this.#identity) this.#begin();
    if (this.#token) this.#socket.open();
  }

  identify(jwt, isOpen) {
    this.#identity = jwt;
    if (this.#socket.send("identify", { identity: jwt })) this.#shown = jwt;
    else if (isOpen || this.#token) this.connect();
  }

  forget() {
    this.#identity = null;
    this.#socket.send("forget");
    this.#tabs.postMessage({ forget: true });
    this.#end();
  }

  #begin() {
    const random = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
    this.#adopt(random.replace(/[+/=]/g, (sign) => ({ "+": "-", "/": "_" })[sign] ?? ""));
    this.#tabs.postMessage({ token: this.#token });
    return this.#token;
  }

  #adopt(token) {
    this.#token = token;
    this.keep("token", token);
    this.#tell("session", { known: this.recall("token") !== null }); // where storage is forbidden, nobody will know us again
  }

  #end() {
    this.#socket.close();
    this.outbox?.clear();
    for (const store of [this.#local, this.#session])
      for (const key of Object.keys(store ?? {})) if (key.startsWith(this.#prefix)) store.removeItem(key);
    this.#token = null;
    this.#tell("session", { known: false });
    this.#clear();
  }

  #clear(keeps = false) {
    this.customer = null;
    this.conversations.clear();
    this.timelines.clear();
    this.#tell("reset", { keeps });
    this.#tell("change");
  }

  #heard({ token, read, forget }) {
    if (token && !this.#token) this.#adopt(token), this.connect();
    if (read) this.#mark(read.conversation, "read", read.number);
    if (forget) this.#end();
  }

  #hello() {
    const held = [...this.timelines].slice(-100).filter(([, timeline]) => timeline.have);
    const have = Object.fromEntries(held.map(([id, timeline]) => [id, timeline.have]));
    const who = { site: this.#site, token: this.#token, identity: (this.#shown = this.#identity) };
    return { ...who, have, language: navigator.language.slice(0, 16), time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "" };
  }

  async #welcomed({ customer, conversations }) {
    this.customer = customer;
    if (this.#identity && this.#identity !== this.#shown) this.identify(this.#identity);
    for (const summary of conversations) this.#summarise(summary);
    for (const id of this.timelines.keys()) this.#begun(id);
    this.visit(this.page);
    this.#tell("line", { state: "up" });
    this.#tell("change");
    if (this.outbox) this.outbox.up();
    else if (Object.keys(this.#local ?? {}).some((key) => key.startsWith(this.#prefix + "out:"))) await this.prepare();
  }

  #fell({ code, reason, final }) {
    this.outbox?.down();
    if (!final) this.#tell("line", { state: "down" });
    else if (code === 4403) this.#tell("line", { state: "denied" });
    else if (code === 4400) this.#tell("outdated");
    else this.#ended(reason);
  }

  /** The session is another customer's now, or nobody's; what was written never goes out as somebody else. */
  #ended(reason) {
    if (this.customer?.verified) this.outbox?.clear();
    reason === "identity_changed" ? this.#clear(!this.customer?.verified) : this.#end();
    this.connect();
  }

  #frames = {
    part: ({ part }) => this.#take(part.conversation, { type: "part", part }),
    parts: (frame) => this.#take(frame.conversation, frame),
    conversation: ({ conversation }) => this.#summarise(conversation),
    read: ({ conversation, by, number }) => this.#mark(conversation, by === "customer" ? "read" : "agents_read", number),
    typing: (frame) => this.#tell("typing", frame),
    pulse: ({ numbers }) => Object.entries(numbers).forEach(([id, last]) => this.#pulse(id, last)),
    error: ({ error, client_id }) => this.#refused(error, client_id),
  };

  #refused(error, client_id) {
    if (client_id) return this.outbox?.refuse(client_id, error);
    if (error.code === "invalid_token") return this.#ended(error.code);
    if (error.code !== "identity_token_invalid") return;
    this.#identity = null;
    this.#tell("warning", { text: "the identity was refused: " + error.message + " See docs/embedding.md." });
    if (!this.#socket.up) this.#socket.greet();
  }

  /** The timeline of a conversation; what it lacks is asked for. */
  async timeline(id) {
    const { Timeline } = await import("../wire/timeline.js");
    if (this.timelines.has(id)) return this.timelines.get(id);
    this.timelines.set(id, new Timeline());
    if (!this.#token || this.#socket.up) this.#begun(id);
    return this.timelines.get(id);
  }

  earlier(id) {
    const before = this.timelines.get(id).wantsEarlier();
    if (before !== null) this.#socket.send("earlier", { conversation: id, before });
  }

  typing(conversation, on) {
    if (this.conversations.has(conversation)) this.#socket.send("typing", { conversation, on });
  }

  visit(page) {
    this.page = page;
    if (page && this.conversations.size) this.#socket.send("page", page);
  }

  /** Read on screen up to `number`. */
  read(conversation, number) {
    if (number <= (this.conversations.get(conversation)?.read ?? 0)) return;
    this.#mark(conversation, "read", number);
    this.#socket.send("read", { conversation, number });
    this.#tabs.postMessage({ read: { conversation, number } });
  }

  /** Load what sending needs. */
  async prepare() {
    const { Outbox, uuid } = await import("../wire/outbox.js");
    if (this.outbox) return;
    this.uuid = uuid;
    const send = ({ page, ...frame }) => {
      const begun = this.conversations.has(frame.conversation);
      return this.#socket.send("message", begun ? frame : { ...frame, start: true, ...(page && { page }) });
    };
    this.outbox = new Outbox({ send, storage: this.#local, prefix: this.#prefix + "out:" });
    this.outbox.addEventListener("change", ({ detail }) => this.#tell("pending", detail));
    if (this.#socket.up) this.outbox.up();
  }

  send(conversation, body, attachments) {
    if (!this.#token) this.#begin();
    this.outbox.add({ client_id: this.uuid(), conversation, body, attachments, page: this.page });
    this.connect();
  }

  #begun(id) {
    const timeline = this.timelines.get(id), last = this.conversations.get(id)?.last_number ?? 0;
    if (timeline.have === null) timeline.begin(last);
    timeline.renew();
    timeline.hear(last);
    if (timeline.first > timeline.have) this.earlier(id);
    this.#ask(id, timeline.wants());
  }

  #take(id, frame) {
    const timeline = this.timelines.get(id);
    for (const part of frame.parts ?? [frame.part]) {
      const entry = part.client_id && this.outbox?.echo(part.client_id);
      this.#note(id, part);
      if (entry && entry.frame.conversation !== id) this.#tell("moved", { from: entry.frame.conversation, to: id });
    }
    if (timeline) {
      this.#tell("parts", { conversation: id, change: timeline.take(frame) });
      this.#ask(id, timeline.wants());
    }
    this.#tell("change");
  }

  #pulse(id, last) {
    const timeline = this.timelines.get(id), known = this.conversations.get(id)?.last_number ?? 0;
    timeline?.hear(last);
    this.#ask(id, timeline ? timeline.wants() : last > known ? known : null);
  }

  #ask(conversation, after) { if (after !== null) this.#socket.send("sync", { conversation, after }); }

  /** What a part says about its conversation. */
  #note(id, part) {
    const summary = this.conversations.get(id) ?? { id, last_number: 0, read: 0, agents_read: 0, agent: null };
    this.conversations.set(id, summary);
    if (part.number <= summary.last_number) return;
    const own = part.author.kind === "customer", caughtUp = summary.read >= part.number - 1;
    Object.assign(summary, { last_number: part.number, at: part.at });
    if (part.kind === "message") Object.assign(summary, { snippet: part.body, snippet_by: part.author.kind });
    if (part.author.kind === "agent" && part.kind === "message") Object.assign(summary, { agent: { name: part.author.name }, agents_read: part.number });
    if (part.event === "merged" || part.event === "unmerged") summary.merged_into = part.data.into ?? null;
    if (own) summary.read = part.number;
    else if (part.kind === "message") this.#tell("arrival", { part });
    else if (caughtUp) this.read(id, part.number);
    else summary.events = [...(summary.events ?? []), part.number];
  }

  #summarise(summary) {
    const old = this.conversations.get(summary.id), read = Math.max(summary.read, old?.read ?? 0);
    if (old?.last_number > summary.last_number) return;
    if (read > summary.read) this.#socket.send("read", { conversation: summary.id, number: read }); // seen while offline
    this.conversations.set(summary.id, { agent: null, merged_into: null, ...old, ...summary, read });
    this.#tell("change");
  }

  #mark(id, which, number) {
    const summary = this.conversations.get(id);
    if (!summary || summary[which] >= number) return;
    summary[which] = number;
    this.#tell("change");
  }

  leave() { this.#socket.close(), this.#tabs.close(); }

  #tell(name, detail = null) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}
