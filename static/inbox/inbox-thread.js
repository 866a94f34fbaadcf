/**
 * The open conversation: an unbroken run of parts, the newest below, older ones as one scrolls up. It follows the newest
 * while one reads there, and never moves what one reads further up.
 */
import { me } from "./data.js";
import { desk } from "./desk.js";
import { colleagues } from "./choices.js";
import { part as find, show } from "./draw.js";
import { LiveElement } from "./live-element.js";
import { closeUnmerged, decorate } from "./part-list.js";
import { drawMeta, drawPart, newPart } from "./part.js";
import { drawPending } from "./pending.js";
import { open } from "./places.js";
import { load } from "./threads.js";
import { toast } from "./toasts.js";
import { unmerge } from "./verbs.js";
import { t } from "./words.js";
import { Timeline } from "../wire/timeline.js";

const AT_END = 60; // pixels from the end that still count as being there
const READ_AFTER = 400;

class InboxThread extends LiveElement {
  id_ = null;
  timeline = null;
  #nodes = new Map(); // number → element
  #unreadFrom = null;
  #below = 0; // messages that came while one read further up
  #stuck = true;
  #read = 0;
  #askedFor = null;
  #timer = 0;

  connected() {
    this.list = find(this, "parts");
    this.log = this.querySelector("[role=log]");
    this.latest = document.querySelector("[data-latest]");
    this.on(desk, "open", this.#open);
    this.on(desk, "part parts", this.#take);
    this.on(desk, "pulse", this.#pulse);
    this.on(desk, "up", this.#join);
    this.on(desk, "outbox", this.#pending);
    this.on(desk, "read", this.#customerRead);
    this.on(desk, "rows", this.#rows);
    this.on(this.list, "click", ({ target }) => target.dataset.unmerge && unmerge(target.dataset.unmerge));
    this.on(this, "scroll", this.#scrolled, { passive: true });
    this.on(find(this, "older"), "click", this.#older);
    this.on(this.latest, "click", () => this.toEnd());
    this.on(document, "visibilitychange", this.#seen);
    this.on(window, "focus", this.#seen);
    this.sizes = new ResizeObserver(() => this.#stuck && this.toEnd());
    this.sizes.observe(this.list);
    this.sizes.observe(this);
    if (desk.open) this.#open(desk.open);
  }

  disconnected() {
    this.sizes.disconnect();
    clearTimeout(this.#timer);
  }

  // Opening

  async #open(id) {
    if (this.id_) desk.socket.send("leave", { conversation: this.id_ });
    this.#clear(id);
    if (!id) return;
    try {
      const thread = await load(id);
      if (id !== this.id_) return;
      desk.take([thread.row]);
      if (thread.row.merged_into) this.#follow(thread.row);
      else this.#begin(thread);
    } catch (problem) {
      if (id === this.id_) this.#leave(problem.code === "not_found" ? t("not_found") : t("thread_failed"));
    }
  }

  /** What was merged goes on elsewhere. */
  #follow({ reference, merged_into: target }) {
    open(target);
    toast(t("merged_notice", { reference }));
  }

  /** It cannot be shown, or not any more. */
  #leave(text) {
    open(null);
    toast(text, { bad: true });
  }

  #clear(id) {
    this.id_ = id;
    this.timeline = null;
    this.#nodes.clear();
    this.#below = this.#read = 0;
    this.#askedFor = this.#unreadFrom = null;
    this.#stuck = true;
    this.list.replaceChildren();
    this.log.ariaLive = "off"; // history is not read out
    this.#pill();
    show(find(this, "older"), false);
  }

  #begin(thread) {
    this.timeline = new Timeline();
    const { row } = thread;
    this.#unreadFrom = row.read && row.read < row.last_number ? row.read : null;
    this.#read = row.read;
    this.#draw(this.timeline.take({ type: "parts", ...thread }));
    this.#pending();
    this.toEnd();
    this.#showUnread();
    this.#join();
    desk.tell("thread", thread);
    requestAnimationFrame(() => (this.log.ariaLive = "polite"));
  }

  #showUnread() {
    const line = this.list.querySelector(".fresh");
    if (line && this.scrollHeight - line.offsetTop > this.clientHeight) line.scrollIntoView({ block: "start" });
    this.#scrolled();
  }

  #join() {
    if (this.timeline) desk.socket.send("open", { conversation: this.id_, after: this.timeline.have });
  }

  // Parts

  #take(frame) {
    const about = frame.part?.conversation ?? frame.conversation;
    if (about !== this.id_ || !this.timeline) return;
    this.#draw(this.timeline.take(frame));
    if (this.#askedFor !== null && this.timeline.first <= this.#askedFor) this.#askedFor = null;
    this.#sync();
  }

  #rows({ gone }) {
    if (gone.includes(this.id_)) this.#leave(t("not_found"));
    else this.#states();
  }

  #pulse({ numbers }) {
    if (!this.timeline || !(this.id_ in numbers)) return;
    this.timeline.hear(numbers[this.id_]);
    this.#sync();
  }

  #sync() {
    const after = this.timeline.wants();
    if (after !== null) desk.socket.send("sync", { conversation: this.id_, after });
  }

  #draw({ added, changed }) {
    if (!added.length && !changed.length) return;
    const [height, top] = [this.scrollHeight, this.scrollTop];
    const names = colleagues();
    const grewAbove = added.some((each) => each.number < Math.min(...this.#nodes.keys()));
    for (const each of added) this.#insert(each, names);
    for (const each of changed) drawPart(this.#nodes.get(each.number), each, names);
    decorate(this.list, this.timeline.parts, this.#nodes, this.#unreadFrom);
    closeUnmerged(this.list, this.timeline.parts);
    this.#states();
    show(find(this, "older"), this.timeline.first > 1);
    if (grewAbove && !this.#stuck) this.scrollTop = top + this.scrollHeight - height;
    this.#arrived(added);
  }

  #insert(shown, names) {
    const node = newPart(shown, names);
    let after = null;
    for (const [number, other] of this.#nodes) if (number > shown.number && (!after || number < after.number)) after = { number, other };
    this.list.insertBefore(node, after?.other ?? this.list.querySelector("[data-pending]"));
    this.#nodes.set(shown.number, node);
  }

  #arrived(added) {
    if (this.#stuck) {
      this.toEnd();
      this.#seen();
      return;
    }
    const others = added.filter((each) => each.kind !== "event" && each.author.id !== me.id && each.number > this.#read);
    this.#below += this.log.ariaLive === "polite" ? others.length : 0;
    this.#pill();
  }

  #pending() {
    if (!this.id_) return;
    drawPending(this.list, this.id_);
    if (this.#stuck) this.toEnd();
  }

  // How far it was read

  /** Under our own last message that the customer has read: "Read". Numbers count what the customer sees. */
  #states() {
    const row = desk.row(this.id_);
    if (!row || !this.timeline) return;
    const ours = this.timeline.parts.filter((each) => each.kind === "message" && each.author.kind === "agent" && !each.redacted);
    const last = ours.at(-1);
    for (const each of ours) {
      const node = this.#nodes.get(each.number);
      const state = each !== last ? "" : t(this.#isRead(each, row) ? "read" : "sent");
      if (node.dataset.state !== state) drawMeta(node, each, state);
      node.dataset.state = state;
    }
  }

  #isRead(shown, row) {
    const after = this.timeline.parts.filter((each) => each.number > shown.number && each.kind === "message").length;
    return row.customer_read >= row.last_public_number - after;
  }

  #customerRead({ conversation, by, number }) {
    const row = desk.row(conversation);
    if (by === "customer" && row && number > row.customer_read) desk.take([{ ...row, customer_read: number }]);
  }

  /** I have read to the end, if the end is in front of my eyes. */
  #seen() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const { timeline } = this;
      if (!timeline || !this.#stuck || document.hidden || !document.hasFocus() || timeline.have <= this.#read) return;
      if (desk.socket.send("read", { conversation: this.id_, number: timeline.have })) this.#read = timeline.have;
    }, READ_AFTER);
  }

  // Scrolling

  toEnd() {
    this.#stuck = true;
    this.scrollTop = this.scrollHeight;
    this.#below = 0;
    this.#pill();
  }

  #scrolled() {
    this.#stuck = this.scrollHeight - this.scrollTop - this.clientHeight < AT_END;
    if (this.#stuck) {
      this.#below = 0;
      this.#pill();
      this.#seen();
    }
    if (this.scrollTop < 300) this.#older();
  }

  #older() {
    if (!this.timeline || this.timeline.first <= 1 || this.#askedFor !== null) return;
    const before = this.timeline.first;
    if (desk.socket.send("earlier", { conversation: this.id_, before })) {
      this.#askedFor = before - 1;
      setTimeout(() => (this.#askedFor = null), 5_000);
    }
  }

  #pill() {
    const { latest } = this;
    show(latest, this.#below > 0);
    latest.lastElementChild.textContent = t("newer", { n: this.#below });
  }

  /** Parts one may choose from, with their elements. */
  get shown() {
    return (this.timeline?.parts ?? []).map((shown) => ({ shown, node: this.#nodes.get(shown.number) }));
  }
}

customElements.define("inbox-thread", InboxThread);
