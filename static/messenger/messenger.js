/** The messenger's frame: its header, the home view, and the channel to the page around us. */

import { Desk, locale, unreadIn } from "./desk.js";

const CALM = 1_000; // a drawn line is not redrawn for every hiccup of the connection
const WORDS = JSON.parse(document.getElementById("words").textContent);
const language = document.documentElement.lang;

/** A sentence in the page's language, its `{names}` filled in. */
const say = (key, values = {}) => WORDS[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** "AB" of "Anna Berg". */
const initials = (name) => name.split(/\s+/).map((word) => [...word][0] ?? "").slice(0, 2).join("").toUpperCase();

function ago(at) {
  const seconds = (Date.now() - new Date(at)) / 1000;
  const format = new Intl.RelativeTimeFormat(language, { style: "narrow", numeric: "auto" });
  if (seconds < 60) return format.format(0, "second"); // "now"
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86_400) return format.format(-Math.floor(seconds / 3600), "hour");
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }).format(new Date(at));
}

class Messenger extends HTMLElement {
  #desk = new Desk(this.dataset.site);
  #life = new AbortController();
  #host = null;
  #isOpen = false;
  #isFull = false;
  #rang = 0;
  #thread = this.querySelector("parley-thread");
  #rows = new Map();

  connectedCallback() {
    const { signal } = this.#life;
    this.#paint();
    addEventListener("message", (event) => this.#meet(event), { signal });
    addEventListener("popstate", () => this.#isOpen && this.#isFull && this.#tell("close"), { signal });
    this.addEventListener("click", (event) => this.#clicked(event.target.closest("button")), { signal });
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    for (const type of ["pointerover", "touchstart"])
      this.addEventListener(type, ({ target }) => target.closest("[data-start], .rows") && this.#fetchThread(), { signal });
    for (const type of ["change", "line", "session", "warning", "reset", "arrival", "moved", "outdated"])
      this.#desk.addEventListener(type, ({ detail }) => this[`desk_${type}`](detail), { signal });
    this.#find("[data-sound]").setAttribute("aria-pressed", this.#desk.recall("quiet") === null);
    this.#find("[data-close]").hidden = parent === window; // opened by itself, such as from a link in a mail
    if (parent === window) this.#opened({});
    if (this.#desk.known) this.#desk.connect();
  }

  disconnectedCallback() {
    this.#life.abort();
    this.#desk.leave();
  }

  #find(selector) {
    return this.querySelector(selector);
  }

  /** The site's colour, and the one of black and white that can be read on it (WCAG luminance). */
  #paint() {
    const { brand } = this.dataset;
    const luminance = [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => {
      const value = parseInt(brand.slice(1 + 2 * at, 3 + 2 * at), 16) / 255;
      return sum + weight * (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    }, 0);
    this.style.setProperty("--brand", brand);
    this.style.setProperty("--on-brand", luminance > 0.179 ? "#000" : "#fff");
  }

  // The page around us

  #meet({ source, data, ports }) {
    if (source !== parent || data !== "parley" || !ports[0]) return;
    this.#host = ports[0];
    this.#host.onmessage = ({ data }) => this.#asked[data.type]?.(data);
    this.#tell("session", { known: this.#desk.known });
    this.desk_change();
  }

  #asked = {
    opened: (message) => this.#opened(message),
    closed: () => this.#closed(),
    page: ({ url, title }) => this.#desk.visit({ url: String(url).slice(0, 2000), title: String(title ?? "").slice(0, 300) }),
    identify: ({ jwt }) => this.#desk.identify(String(jwt), this.#isOpen),
    forget: () => this.#desk.forget(),
  };

  #tell(type, fields) {
    this.#host?.postMessage({ type, ...fields });
  }

  #opened({ full = false }) {
    // On phones "back" should close the messenger, not leave the page: it gets something to go back from.
    if (full && !this.#isFull) history.pushState("open", "");
    this.#isOpen = true;
    this.#isFull = full;
    this.#desk.connect();
    this.desk_change(); // times have passed
    const news = [...this.#desk.conversations.values()].filter(unreadIn);
    const last = this.#desk.recall("view", true);
    if (this.#thread.hidden && (news.length === 1 || last)) return this.#show(news.length === 1 ? news[0].id : last);
    this.#thread.look?.();
    this.#focus();
  }

  #closed() {
    this.#isOpen = false;
    if (this.#isFull && history.state === "open") history.back();
    this.#isFull = false;
  }

  // What people do

  #clicked(button) {
    if (!button || !this.contains(button)) return;
    if (button.matches("[data-close]")) this.#tell("close");
    else if (button.matches("[data-back]")) this.#home();
    else if (button.matches("[data-start]")) this.#show(null);
    else if (button.dataset.conversation) this.#show(button.dataset.conversation);
    else if (button.matches("[data-sound]")) this.#hush(button);
  }

  #pressed(event) {
    if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented) this.#tell("close");
  }

  #hush(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", on);
    this.#desk.keep("quiet", on ? null : "1");
  }

  #fetchThread() {
    return Promise.all([import("./thread.js"), this.#desk.prepare()]);
  }

  async #show(id) {
    this.dataset.view = "thread";
    this.#find("[data-home]").hidden = true;
    this.#thread.hidden = this.#find("[data-back]").hidden = false;
    await Promise.all([this.#fetchThread(), id && this.#settled()]);
    await this.#thread.open({ desk: this.#desk, say, maxBytes: Number(this.dataset.maxBytes) }, id);
    this.#desk.keep("view", this.#thread.conversation, true);
    this.desk_change();
    this.#focus();
  }

  /** The desk has told us our conversations; or does not answer, then we show what waits to be sent. */
  async #settled() {
    if (!this.#desk.known || this.#desk.up) return;
    await new Promise((done) => {
      this.#desk.addEventListener("line", done, { once: true });
      setTimeout(done, 2 * CALM);
    });
  }

  #home() {
    delete this.dataset.view;
    this.#thread.leave?.();
    this.#desk.keep("view", null, true);
    this.#thread.hidden = this.#find("[data-back]").hidden = true;
    this.#find("[data-home]").hidden = false;
    this.desk_change();
    this.#focus();
  }

  /** To what comes next; on touch screens only into a new text, or a keyboard would cover what is to be read. */
  #focus() {
    const isHome = this.#thread.hidden, isNew = !isHome && !this.#desk.conversations.has(this.#thread.conversation);
    const rests = matchMedia("(pointer: coarse)").matches && !isNew;
    if (this.#isOpen) this.#find(rests ? "[data-title]" : isHome ? "[data-start]" : "textarea").focus();
  }

  // What the desk says

  desk_change() {
    const threads = [...this.#desk.conversations.values()].filter((each) => !each.merged_into);
    this.#find("[data-recent]").hidden = !threads.length;
    threads.sort((a, b) => b.at.localeCompare(a.at)).forEach((each, place) => this.#place(this.#row(each), place));
    for (const [id, row] of this.#rows) if (!threads.some((each) => each.id === id)) row.remove(), this.#rows.delete(id);
    this.#title();
    this.#tell("unread", { count: threads.reduce((sum, each) => sum + unreadIn(each), 0) });
  }

  desk_line({ state }) {
    const text = { lost: navigator.onLine ? "lost" : "offline", denied: "denied" }[state];
    if (state !== "down") this.#find("[data-line]").textContent = text ? say(text) : "";
  }

  desk_session({ known }) {
    this.#tell("session", { known });
  }

  desk_warning({ text }) {
    this.#tell("warning", { text });
  }

  /** We are somebody else, or a visitor who signed in: they may go on typing. */
  async desk_reset({ keeps }) {
    const last = this.#thread.hidden ? null : this.#thread.conversation;
    if (!keeps) this.#home();
    await this.#settled();
    if (keeps ? last : this.#desk.conversations.has(last)) this.#thread.leave(), this.#show(last);
  }

  /** A sound, for people who look elsewhere; of several tabs one makes it. */
  async desk_arrival({ part }) {
    if ((this.#isOpen && !document.hidden) || this.#desk.recall("quiet") !== null) return;
    if (Date.now() - this.#rang < 2 * CALM) return;
    this.#rang = Date.now();
    const { chime } = await import("./chime.js");
    chime(part.id);
  }

  desk_moved({ from, to }) {
    if (!this.#thread.hidden && this.#thread.conversation === from) this.#show(to);
  }

  desk_outdated() {
    const reload = () => (this.#isOpen ? setTimeout(reload, 60_000) : location.reload());
    setTimeout(reload, CALM + Math.random() * 60_000); // not everybody at once
  }

  // Drawing

  #title() {
    const current = this.#desk.conversations.get(this.#thread.conversation);
    const agent = this.#thread.hidden ? null : current?.agent?.name;
    const title = agent || document.title;
    this.#find("[data-title]").textContent = title;
    this.#find("[data-face]").textContent = agent ? initials(agent) : [...title][0];
    this.#find("[data-subtitle]").hidden = this.#thread.hidden;
  }

  #row(summary) {
    const row = this.#rows.get(summary.id) ?? this.#find("[data-row]").content.firstElementChild.cloneNode(true);
    this.#rows.set(summary.id, row);
    const unread = unreadIn(summary), name = summary.agent?.name ?? document.title;
    row.firstElementChild.dataset.conversation = summary.id;
    row.toggleAttribute("data-unread", unread > 0);
    row.querySelector(".face").textContent = initials(name);
    row.querySelector(".who").textContent = name;
    const snippet = summary.snippet || say("attachment");
    row.querySelector(".snippet").textContent = summary.snippet_by === "customer" ? `${say("you")}: ${snippet}` : snippet;
    Object.assign(row.querySelector("time"), { dateTime: summary.at, textContent: ago(summary.at) });
    const badge = row.querySelector("b");
    badge.hidden = !unread;
    badge.textContent = unread;
    badge.setAttribute("aria-label", say("unread", { count: unread }));
    return row;
  }

  /** Moves a row only when it must: what has the focus would lose it. */
  #place(row, place) {
    const list = this.#find(".rows");
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  }
}

customElements.define("parley-messenger", Messenger);
