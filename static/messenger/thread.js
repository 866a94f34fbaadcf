/** One conversation on screen: its parts, what is on its way, and who is typing. */

import { Composer } from "./composer.js";
import { locale } from "./desk.js";

const NEAR = 60; // pixels from the end that still count as reading along
const TOGETHER = 5 * 60_000; // messages this close are one breath
const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const LINK = /\bhttps?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}…]/g;
const EMOJI = /^[\p{Extended_Pictographic}\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}\u200d\ufe0f\s]{1,14}$/u;

/** "Today", "Yesterday", "Monday 3 March". */
function day(at) {
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  if (days < -1) return new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" }).format(at);
  const word = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day");
  return word[0].toLocaleUpperCase(language) + word.slice(1);
}

/** Text with its web addresses as links, built from nodes: nothing anybody writes is ever parsed as HTML. */
function linked(text) {
  const nodes = [];
  let from = 0;
  for (const { 0: href, index } of text.matchAll(LINK)) {
    const link = Object.assign(document.createElement("a"), { href, textContent: href });
    Object.assign(link, { target: "_blank", rel: "noopener noreferrer nofollow" });
    nodes.push(text.slice(from, index), link);
    from = index + href.length;
  }
  return [...nodes, text.slice(from)];
}

class Thread extends HTMLElement {
  conversation = null;
  #tools;
  #timeline;
  #composer;
  #life = null;
  #pending = new Map();
  #past = 0;
  #read = 0;
  #sticks = true;
  #timers = {};
  #list = this.querySelector("ol");
  #scroller = this.querySelector("[data-scroll]");
  #room = new ResizeObserver(() => this.#sticks && this.#end());
  #watch = new IntersectionObserver((seen) => this.#saw(seen), { root: this.#scroller, rootMargin: "0px 0px -16px" });

  disconnectedCallback() {
    this.leave();
  }

  /** Show a conversation; null begins a new one. `tools` is what the messenger lends us. */
  async open(tools, id) {
    const { desk } = (this.#tools = tools);
    id ??= desk.recall("fresh", true) ?? desk.uuid();
    if (this.#life && this.conversation === id) return this.look();
    this.leave();
    this.conversation = id;
    if (!desk.conversations.has(id)) desk.keep("fresh", id, true);
    this.#timeline = await desk.timeline(id);
    this.#listen(desk);
    this.#composer ??= new Composer(this.querySelector("form"), tools);
    this.#composer.open(id);
    this.look();
    this.#past = this.#timeline.have;
    this.#sticks = false;
    this.#quieten();
    this.#take({ added: this.#timeline.parts, changed: [] });
    for (const entry of desk.outbox.entries) this.#await(entry);
    this.#end();
  }

  leave() {
    this.#life?.abort();
    this.#life = null;
    this.#composer?.leave();
    this.#watch.disconnect();
    this.#room.disconnect();
    this.#pending.clear();
    this.#list.replaceChildren();
    this.querySelector("[data-latest]").hidden = this.querySelector("[data-typing]").hidden = true;
  }

  /** Somebody looks again: what came meanwhile is new to them. */
  look() {
    if (!this.#life) return;
    this.#read = this.#summary?.read ?? 0;
    for (const item of this.#list.children) this.#frame(item);
  }

  get #summary() {
    return this.#tools.desk.conversations.get(this.conversation);
  }

  #listen(desk) {
    const { signal } = (this.#life = new AbortController());
    const on = (target, type, handle) => target.addEventListener(type, handle, { signal });
    on(desk, "parts", ({ detail }) => detail.conversation === this.conversation && this.#take(detail.change));
    on(desk, "pending", ({ detail }) => this.#await(detail.entry, detail.gone));
    on(desk, "change", () => this.#marks());
    on(desk, "typing", ({ detail }) => detail.conversation === this.conversation && this.#typing(detail));
    on(this, "click", ({ target }) => this.#clicked(target.closest("button")));
    on(this.#scroller, "scroll", () => this.#scrolled());
    for (const element of [this.#scroller, this.#list]) this.#room.observe(element);
  }

  #clicked(button) {
    const { outbox } = this.#tools.desk;
    if (button?.matches("[data-latest]")) this.#end();
    else if (button?.matches("[data-earlier]")) this.#tools.desk.earlier(this.conversation);
    else if (button?.dataset.retry) outbox.retry(button.dataset.retry);
    else if (button?.dataset.discard) {
      this.#composer.give(this.#pending.get(button.dataset.discard)?.entry.frame.body ?? "");
      outbox.drop(button.dataset.discard);
    }
  }

  // Parts

  #take({ added, changed }) {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    if (this.#sticks && clientHeight && !document.hidden) this.#read = Math.max(this.#read, ...added.map(({ number }) => number));
    const isOld = added.some((part) => part.number <= this.#past);
    if (isOld) this.#quieten();
    for (const part of added) this.#draw(part);
    for (const part of changed) this.#fill(this.#item(part.number), part);
    this.#marks();
    const news = added.filter((part) => part.number > this.#past && part.author.kind === "agent" && part.kind === "message");
    if (news.length) this.querySelector("[data-typing]").hidden = true;
    this.querySelector("[data-earlier]").hidden = this.#timeline.first <= 1;
    if (this.#sticks) this.#end();
    else if (isOld) this.#scroller.scrollTop = scrollTop + this.#scroller.scrollHeight - scrollHeight;
    else if (news.length) this.querySelector("[data-latest]").hidden = false;
  }

  /** Screen readers read out only what comes next, not what is past. */
  #quieten() {
    const log = this.querySelector("[data-log]");
    log.setAttribute("role", "group");
    clearTimeout(this.#timers.quiet);
    this.#timers.quiet = setTimeout(() => log.setAttribute("role", "log"), 300);
  }

  #item(number) {
    return this.#list.querySelector(`[data-number="${number}"]`);
  }

  #draw(part) {
    const item = this.#pending.get(part.client_id)?.item ?? this.#blank();
    this.#pending.delete(part.client_id);
    item.dataset.number = part.number;
    this.#fill(item, part);
    let before = this.#list.lastElementChild;
    while (before && (before === item || !(Number(before.dataset.number) < part.number))) before = before.previousElementSibling;
    const after = before ? before.nextElementSibling : this.#list.firstElementChild;
    if (after !== item) this.#list.insertBefore(item, after);
    for (const each of [item, item.nextElementSibling]) if (each) this.#frame(each);
    if (part.author.kind !== "customer") this.#watch.observe(item);
  }

  #blank() {
    return document.querySelector("[data-part]").content.firstElementChild.cloneNode(true);
  }

  #fill(item, { kind, author, body, event, data, attachments = [], at, redacted }) {
    if (!item) return;
    const { say } = this.#tools, text = item.querySelector(".bubble > p");
    Object.assign(item.dataset, { kind, by: author.kind, who: author.name, at, day: day(new Date(at)) });
    item.toggleAttribute("data-redacted", redacted);
    item.toggleAttribute("data-emoji", EMOJI.test(body));
    item.querySelector(".name").textContent = author.kind === "agent" ? author.name || say("support") : "";
    Object.assign(item.querySelector("time"), { dateTime: at, textContent: clock.format(new Date(at)) });
    const words = kind === "event" ? this.#event(event, data) : redacted ? say("removed") : body;
    text.replaceChildren(...(kind === "event" || redacted ? [words] : linked(words)));
    text.hidden = !words;
    item.hidden = kind === "event" && !words;
    item.querySelector(".files")?.remove();
    if (attachments.length) import("./files.js").then(({ show }) => show(item.querySelector(".bubble"), attachments, this.#tools));
  }

  #event(name, { into }) {
    if (!["closed", "reopened", "merged", "unmerged"].includes(name)) return "";
    const words = this.#tools.say(name);
    if (name !== "merged") return words;
    const way = Object.assign(document.createElement("button"), { type: "button", textContent: words });
    way.dataset.conversation = into;
    return way;
  }

  /** Day, "New" line and grouping depend on the neighbour above. */
  #frame(item) {
    const above = item.previousElementSibling, { by, who, at, number } = item.dataset;
    const [dayLine, newLine] = item.children;
    dayLine.hidden = above?.dataset.day === item.dataset.day;
    dayLine.firstElementChild.textContent = item.dataset.day;
    const isNew = by !== "customer" && number > this.#read && !(above?.dataset.number > this.#read);
    newLine.hidden = !isNew;
    newLine.firstElementChild.textContent = this.#tools.say("new");
    const near = above?.dataset.by === by && above.dataset.who === who && new Date(at) - new Date(above.dataset.at) < TOGETHER;
    const follows = near && dayLine.hidden && !isNew && item.dataset.kind === above.dataset.kind;
    item.toggleAttribute("data-follows", follows);
    above?.toggleAttribute("data-followed", follows);
  }

  // What is on its way

  #await(entry, gone = false) {
    const { client_id, conversation, body } = entry.frame;
    if (conversation !== this.conversation) return;
    const known = this.#pending.get(client_id);
    if (gone) return void setTimeout(() => this.#forget(client_id)); // its part, coming right behind, takes its place
    const item = known?.item ?? this.#list.appendChild(this.#blank());
    this.#pending.set(client_id, { item, entry });
    if (!known) {
      const at = new Date(entry.at).toISOString();
      this.#fill(item, { kind: "message", author: { kind: "customer", name: "" }, body, at, redacted: false });
      this.#frame(item);
      this.#end();
    }
    this.#marks();
  }

  #forget(client_id) {
    this.#pending.get(client_id)?.item.remove();
    this.#pending.delete(client_id);
  }

  /** How far each of our messages has come; "Sent" and "Read" are said once, under the last. */
  #marks() {
    const { say } = this.#tools, own = [...this.#list.querySelectorAll("[data-by=customer]")];
    const agents = this.#summary?.agents_read ?? 0;
    const waiting = new Map([...this.#pending.values()].map(({ item, entry }) => [item, entry]));
    for (const item of own) {
      const entry = waiting.get(item), state = entry?.state ?? (item.dataset.number <= agents ? "read" : "sent");
      const isSaid = entry ? true : item === own.at(-1);
      if (item.dataset.state === state && item.hasAttribute("data-said") === isSaid) continue;
      item.dataset.state = state;
      item.toggleAttribute("data-said", isSaid);
      item.querySelector(".meta > span").replaceChildren(...(isSaid ? this.#state(state, entry, say) : []));
    }
  }

  #state(state, entry, say) {
    const button = (verb, word) => {
      const made = Object.assign(document.createElement("button"), { type: "button", textContent: say(word) });
      made.dataset[verb] = entry.frame.client_id;
      return made;
    };
    if (state === "failed") return [say("failed"), " ", button("retry", "again")];
    if (state === "refused") return [entry.error.message, " ", button("discard", "discard")];
    return [say(state)];
  }

  // Reading

  #end() {
    this.#sticks = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.querySelector("[data-latest]").hidden = true;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    if (!clientHeight) return; // hidden
    this.#sticks = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.#sticks) this.querySelector("[data-latest]").hidden = true;
    if (scrollTop < 120) this.#tools.desk.earlier(this.conversation);
  }

  /** Nothing is reported while the tab or our frame is hidden. */
  #saw(entries) {
    const seen = entries.filter((entry) => entry.isIntersecting).map(({ target }) => Number(target.dataset.number));
    if (seen.length && !document.hidden) this.#tools.desk.read(this.conversation, Math.max(...seen));
  }

  #typing({ author, on }) {
    const line = this.querySelector("[data-typing]");
    line.hidden = !on || author.kind !== "agent";
    line.lastElementChild.textContent = this.#tools.say("typing", { name: author.name });
    if (this.#sticks) this.#end();
    clearTimeout(this.#timers.typing);
    this.#timers.typing = setTimeout(() => (line.hidden = true), 6_000);
  }
}

customElements.define("parley-thread", Thread);
