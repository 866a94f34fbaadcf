/**
 * The list of a view. Rows change in place at any time; they come, go and move only while nobody points at the list or works
 * in it. What waits for that is counted in a pill; a row that left the view stays as a ghost that says why.
 */
import { handle } from "./commands.js";
import { data } from "./data.js";
import { ask, desk } from "./desk.js";
import { copy, part, show } from "./draw.js";
import { ListWindow } from "./list-window.js";
import { LiveElement } from "./live-element.js";
import { goTo, open, views } from "./places.js";
import { drawRow, leaving, newRow } from "./row.js";
import { holds } from "./rows.js";
import { prefetch } from "./threads.js";
import { ago } from "./when.js";
import { t } from "./words.js";

const NEAR = "600px"; // how far before its end a page is fetched
const CALM = 250; // after pointer and focus left

class RowList extends LiveElement {
  #window = null;
  #nodes = new Map();
  #arrivals = new Map();
  #restless = new Set(); // ids that want to come, go or move
  #frame = 0;
  #loading = null;
  #spacer = 0;
  #pointer = false;
  #drawn = null; // the view whose rows stand here
  #wasUp = false;

  connected() {
    this.scroller = this.querySelector(".list-scroll");
    this.list = this.querySelector(".rows");
    this.on(desk, "rows", this.#take);
    this.on(desk, "view", () => this.#load());
    this.on(desk, "open", this.#mark);
    this.on(desk, "counts", this.#summarise);
    this.on(document, "tick", this.#summarise);
    this.on(desk, "up", this.#up);
    this.on(this.scroller, "pointerenter pointermove", () => (this.#pointer = true), { passive: true });
    this.on(this.scroller, "pointerleave", this.#calm);
    this.on(this.scroller, "focusout", this.#calm);
    this.on(this.list, "click", this.#click);
    this.on(this.list, "pointerover focusin", this.#near);
    this.on(part(this, "changes"), "click", () => this.settle());
    this.#observe();
    this.#commands();
    desk.take([...data.page.rows, ...(data.thread ? [data.thread.row] : [])]);
    this.#begin(desk.view, data.page);
  }

  disconnected() {
    cancelAnimationFrame(this.#frame);
    this.#loading?.abort();
    this.ends.disconnect();
  }

  #commands() {
    handle("next", () => this.#step(1));
    handle("previous", () => this.#step(-1));
    handle("open", () => this.#focused && open(this.#focused.dataset.row), () => Boolean(this.#focused));
    handle("top", () => {
      this.settle();
      this.scroller.scrollTop = 0;
      this.#focus(this.#order[0]);
    });
    handle("next_view", () => this.#turn(1));
    handle("previous_view", () => this.#turn(-1));
    handle("next_waiting", () => this.#longestWaiting());
    handle("back", () => this.back());
  }

  // Arriving rows

  #begin(view, page) {
    this.#window = new ListWindow(view, page);
    this.#drawn = view;
    this.#arrivals.clear();
    this.#restless.clear();
    this.#spacer = 0;
    this.#nodes.clear();
    this.list.replaceChildren();
    this.#place();
    this.scroller.scrollTop = 0;
  }

  #take({ rows, gone }) {
    if (!this.#window) return;
    for (const row of rows) this.#change(row);
    for (const id of gone) this.#gone(id);
    this.#soon();
  }

  #change(row) {
    const entry = this.#window.entries.get(row.id);
    const belongs = holds(this.#drawn, row);
    if (!entry) return this.#maybeArrive(row, belongs);
    if (!belongs) entry.ghost ??= leaving(row, entry.row);
    else entry.ghost = null;
    if (entry.ghost || this.#window.moves(entry, row)) this.#restless.add(row.id);
    entry.row = row;
    drawRow(this.#nodes.get(row.id), row, entry.ghost);
  }

  #maybeArrive(row, belongs) {
    if (belongs && this.#window.reaches(row)) {
      this.#arrivals.set(row.id, row);
      this.#restless.add(row.id);
    } else if (this.#arrivals.delete(row.id)) this.#restless.delete(row.id);
  }

  #gone(id) {
    if (this.#arrivals.delete(id)) this.#restless.delete(id);
    const entry = this.#window.entries.get(id);
    if (!entry) return;
    entry.ghost = leaving(null, entry.row);
    this.#restless.add(id);
    drawRow(this.#nodes.get(id), entry.row, entry.ghost);
  }

  // At most one change of the page for each frame the browser paints

  #soon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#watched) this.#countChanges();
      else this.settle();
    });
  }

  /** Somebody points at the list or works in it. */
  get #watched() {
    return (this.#pointer && this.scroller.matches(":hover")) || this.list.contains(document.activeElement);
  }

  #calm() {
    this.#pointer = this.scroller.matches(":hover");
    setTimeout(() => this.isConnected && this.#restless.size && this.#soon(), CALM);
  }

  #countChanges() {
    const n = this.#restless.size;
    const pill = part(this, "changes");
    if (show(pill, n > 0)) pill.lastElementChild.textContent = t("changes", { n });
  }

  /** Let everything take its place. The open conversation stays, at least as a ghost. */
  settle() {
    for (const row of this.#arrivals.values()) this.#window.set(row);
    for (const id of this.#restless) {
      const entry = this.#window.entries.get(id);
      if (entry?.ghost && id !== desk.open) this.#window.entries.delete(id);
      else if (entry && !entry.ghost) entry.place = entry.row;
    }
    this.#arrivals.clear();
    this.#restless.clear();
    this.#place();
  }

  #place() {
    const ids = this.#window.ids;
    for (const [id, node] of this.#nodes) if (!this.#window.entries.has(id)) this.#remove(id, node);
    let before = this.#spacerNode();
    for (const id of ids) {
      const node = this.#node(id);
      const spot = before ? before.nextElementSibling : this.list.firstElementChild;
      if (node !== spot) this.list.insertBefore(node, spot);
      before = node;
    }
    this.#mark();
    this.#countChanges();
    this.#summarise();
    this.#empty(ids.length === 0);
  }

  #node(id) {
    let node = this.#nodes.get(id);
    if (!node) {
      const { row, ghost } = this.#window.entries.get(id);
      node = newRow(row);
      if (ghost) drawRow(node, row, ghost);
      this.#nodes.set(id, node);
    }
    return node;
  }

  #remove(id, node) {
    node.remove();
    this.#nodes.delete(id);
  }

  // Paging

  #observe() {
    this.ends = new IntersectionObserver((seen) => seen.forEach((each) => each.isIntersecting && this.#more(each.target)), {
      root: this.scroller,
      rootMargin: NEAR,
    });
    this.ends.observe(part(this, "end"));
  }

  /** Height of the rows that were let go above, so that the scroll bar does not jump. */
  #spacerNode() {
    const present = this.list.querySelector(".spacer");
    if (!this.#window.above) {
      present?.remove();
      return null;
    }
    const spacer = present ?? document.createElement("li");
    spacer.className = "spacer";
    spacer.ariaHidden = "true";
    spacer.style.blockSize = `${this.#spacer}px`;
    if (!present) {
      this.list.prepend(spacer);
      this.ends.observe(spacer);
    }
    return spacer;
  }

  async #more(end) {
    const up = end.classList.contains("spacer");
    if (this.#loading || !this.#window?.[up ? "above" : "below"]) return;
    const page = await this.#fetch(`${up ? "before" : "after"}=${encodeURIComponent(this.#window.cursor(up))}`);
    if (!page) return;
    desk.take(page.rows);
    this.#window.add(page, { up });
    const height = this.list.scrollHeight;
    this.#place();
    if (up) this.#spacer = Math.max(0, this.#spacer - (this.list.scrollHeight - height));
    this.#letGo(up);
    // The end may still be near when a page was short.
    this.ends.unobserve(end);
    if (end.isConnected) this.ends.observe(end);
  }

  #letGo(up) {
    const left = this.#window.trim({ up });
    if (!up) this.#spacer += left.reduce((sum, id) => sum + (this.#nodes.get(id)?.offsetHeight ?? 0), 0);
    this.#place();
  }

  async #fetch(query = "", view = desk.view) {
    const loading = (this.#loading = new AbortController());
    try {
      return await ask("GET", `/inbox/${view.slug}/rows/?${query}`, undefined, { signal: loading.signal });
    } catch (problem) {
      if (!loading.signal.aborted) this.#failed(problem);
      return null;
    } finally {
      if (this.#loading === loading) this.#loading = null;
    }
  }

  async #load() {
    this.#loading?.abort();
    this.#drawn = null;
    this.#window = null;
    this.#title();
    const view = desk.view;
    const patience = setTimeout(() => this.list.replaceChildren(...Array.from({ length: 6 }, () => copy("skeleton"))), 200);
    const page = await this.#fetch("", view);
    clearTimeout(patience);
    if (!page || view !== desk.view) return;
    desk.take(page.rows);
    this.#begin(view, page);
  }

  /** After a break the line tells us nothing of what changed meanwhile, so look again at all we show. */
  async #up() {
    if (!this.#wasUp) return void (this.#wasUp = true);
    const view = this.#drawn;
    if (!view) return this.#load();
    const fresh = new Map();
    for (let page = null, n = this.#window.pages; n > 0; n--) {
      page = await this.#fetch(page ? `after=${encodeURIComponent(page.last)}` : "", view);
      if (!page || view !== this.#drawn || this.#window.above) return;
      for (const row of page.rows) fresh.set(row.id, row);
      if (!page.more) break;
    }
    const left = [...this.#window.entries.keys()].filter((id) => !fresh.has(id));
    desk.take([...fresh.values()]);
    for (const id of left) this.#gone(id);
    this.#soon();
  }

  // Where one is

  get #order() {
    return [...this.list.querySelectorAll(".row")].map((row) => row.dataset.row);
  }

  get #focused() {
    const row = document.activeElement?.closest?.(".row");
    return row && this.list.contains(row) ? row : null;
  }

  #step(by) {
    const ids = this.#order.filter((id) => id === desk.open || !this.#window.entries.get(id)?.ghost);
    const now = ids.indexOf(this.#focused?.dataset.row ?? desk.open);
    this.#focus(ids[now < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, now + by))]);
  }

  #focus(id) {
    const row = this.#nodes.get(id)?.firstElementChild;
    if (!row) return;
    for (const other of this.list.querySelectorAll('.row[tabindex="0"]')) other.tabIndex = -1;
    row.tabIndex = 0;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  /** The conversation to open once `id` is done with: the next one, else the one before. */
  after(id) {
    const ids = this.#order;
    const now = ids.indexOf(id);
    const rest = now < 0 ? ids : [...ids.slice(now + 1), ...ids.slice(0, now).reverse()];
    return rest.find((each) => !this.#window.entries.get(each)?.ghost && holds(this.#drawn, desk.row(each) ?? {})) ?? null;
  }

  back() {
    const id = desk.open;
    open(null);
    this.#focus(this.#nodes.has(id) ? id : this.#order[0]);
  }

  #turn(by) {
    const all = views();
    const now = all.findIndex((link) => link.dataset.view === desk.view.slug);
    goTo(all[(now + by + all.length) % all.length].dataset.view);
  }

  async #longestWaiting() {
    const page = await this.#fetch("", { slug: "waiting" });
    const next = page?.rows.find((row) => row.id !== desk.open);
    if (!next) return;
    desk.take(page.rows);
    open(next.id);
  }

  #click(event) {
    const row = event.target.closest(".row");
    if (!row || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open(row.dataset.row);
  }

  #near(event) {
    const row = event.target.closest?.(".row");
    if (row) prefetch(row.dataset.row);
  }

  #mark() {
    const current = desk.open;
    const shown = [...this.list.querySelectorAll(".row")];
    const first = this.#focused ?? shown.find((row) => row.dataset.row === current) ?? shown[0];
    for (const row of shown) {
      if (row.dataset.row === current) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
      row.tabIndex = row === first ? 0 : -1;
    }
  }

  // Words around the rows

  #title() {
    const link = views().find((each) => each.dataset.view === desk.view.slug);
    document.getElementById("view-title").textContent = link.title;
    this.#summarise();
  }

  #summarise() {
    const { slug } = desk.view;
    const team = slug.startsWith("team-") && slug.slice(5);
    const count = team ? desk.counts.teams?.[team] : desk.counts[slug];
    const since = slug === "waiting" && this.#window?.entries.get(this.#window.ids[0])?.row.waiting_since;
    const words = [count || "", since && !this.#window.above ? t("oldest", { time: ago(since) }) : ""];
    part(this, "summary").textContent = words.filter(Boolean).join(", ");
  }

  #empty(empty) {
    const box = part(this, "empty");
    if (!show(box, empty)) return;
    const waiting = desk.view.slug === "waiting";
    box.firstElementChild.textContent = t(waiting ? "nobody_waits" : "nothing_here");
    box.lastElementChild.textContent = t(waiting ? "nobody_waits_more" : "nothing_here_more");
  }

  #failed(problem) {
    if (this.#nodes.size) return;
    this.list.replaceChildren();
    const box = part(this, "empty");
    show(box, true);
    box.firstElementChild.textContent = t("list_failed");
    box.lastElementChild.textContent = problem.message || t("reconnecting");
  }
}

customElements.define("row-list", RowList);
