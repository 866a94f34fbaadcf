/**
 * The list of a view. Rows change in place at any time; they come, go and move only while nobody points at the list or works
 * in it. What waits for that is counted in a pill; a row that left the view stays as a ghost that says why.
 */
import { handle } from "./commands.js";
import { data } from "./data.js";
import { desk } from "./desk.js";
import { copy, part } from "./draw.js";
import { ListMoves } from "./list-moves.js";
import { ListPages } from "./list-pages.js";
import { ListWindow } from "./list-window.js";
import { ListWords } from "./list-words.js";
import { LiveElement } from "./live-element.js";
import { enter } from "./places.js";
import { drawRow, leaving, newRow } from "./row.js";
import { holds } from "./rows.js";
import { prefetch } from "./threads.js";

const NEAR = "600px"; // how far before its end a page is fetched
const CALM = 250; // after pointer and focus left
const PATIENCE = 200; // before a skeleton says that rows are on their way

class RowList extends LiveElement {
  #view = null; // whose rows stand here; null while they are fetched
  #window = null;
  #nodes = new Map();
  #arrivals = new Map();
  #restless = new Set(); // ids that want to come, go or move
  #pages = new ListPages();
  #frame = 0;
  #spacer = 0;
  #wasUp = false;

  connected() {
    this.scroller = this.querySelector(".list-scroll");
    this.list = this.querySelector(".rows");
    this.words = new ListWords(this);
    this.moves = new ListMoves(this.list, (id) => Boolean(this.#window?.entries.get(id)?.ghost));
    this.on(desk, "rows", this.#take);
    this.on(desk, "view", this.#load);
    this.on(desk, "open", () => this.moves.mark());
    this.on(desk, "counts", () => this.words.summarise(this.#shown));
    this.on(document, "tick", () => this.words.summarise(this.#shown));
    this.on(desk, "up", this.#up);
    this.on(this, "pointerleave focusout", this.#calm);
    this.on(this.list, "click", this.#click);
    this.on(this.list, "pointerover focusin", this.#near);
    this.on(part(this, "changes"), "click", () => this.settle());
    this.on(part(this, "retry"), "click", this.#load);
    handle("top", () => this.#top());
    this.#observe();
    desk.take([...data.page.rows, ...(data.thread ? [data.thread.row] : [])]);
    this.#begin(desk.view, data.page);
  }

  disconnected() {
    cancelAnimationFrame(this.#frame);
    this.#pages.stop();
    this.ends.disconnect();
  }

  /** What stands in the list now; null while it is fetched. */
  get #shown() {
    return this.#view && this.#window;
  }

  #begin(view, page) {
    this.#window = new ListWindow(view, page);
    this.#view = view;
    this.#arrivals.clear();
    this.#restless.clear();
    this.#spacer = 0;
    this.#nodes.clear();
    this.list.replaceChildren();
    this.#place();
    this.scroller.scrollTop = 0;
  }

  // Rows that change

  #take({ rows, gone }) {
    if (!this.#view) return;
    for (const row of rows) this.#change(row);
    for (const id of gone) this.#gone(id);
    this.#soon();
  }

  #change(row) {
    const entry = this.#window.entries.get(row.id);
    const belongs = holds(this.#view, row);
    if (!entry) return this.#maybeArrive(row, belongs);
    entry.ghost = belongs ? null : (entry.ghost ?? leaving(row, entry.row));
    if (entry.ghost || this.#moves(row)) this.#restless.add(row.id);
    else if (!this.#restless.has(row.id)) entry.place = row;
    entry.row = row;
    drawRow(this.#nodes.get(row.id), row, entry.ghost);
  }

  #moves(row) {
    const node = this.#nodes.get(row.id);
    const [above, below] = [node.previousElementSibling, node.nextElementSibling].map((beside) => this.#window.entries.get(beside?.dataset.id));
    return !this.#window.fits(row, above, below);
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
      if (this.#watched) this.words.changes(this.#restless.size);
      else this.settle();
    });
  }

  /** Somebody points at the list, or at the pill above it, or works in it. */
  get #watched() {
    return this.matches(":hover") || this.list.contains(document.activeElement);
  }

  #calm() {
    setTimeout(() => this.isConnected && this.#restless.size && this.#soon(), CALM);
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
    const { ids } = this.#window;
    for (const [id, node] of this.#nodes) if (!this.#window.entries.has(id)) this.#remove(id, node);
    let before = this.#spacerNode();
    for (const id of ids) {
      const node = this.#node(id);
      const spot = before ? before.nextElementSibling : this.list.firstElementChild;
      if (node !== spot) this.list.insertBefore(node, spot);
      before = node;
    }
    this.moves.mark();
    this.words.changes(0);
    this.words.summarise(this.#window);
    this.words.empty(ids.length === 0);
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

  #top() {
    this.settle();
    this.scroller.scrollTop = 0;
    this.moves.focus(this.#window?.ids[0]);
  }

  // Pages

  async #load() {
    this.#pages.stop();
    this.#view = null;
    const { view } = desk;
    this.words.title(view);
    const patience = setTimeout(() => this.list.replaceChildren(...Array.from({ length: 6 }, () => copy("skeleton"))), PATIENCE);
    try {
      const page = await this.#pages.get(view);
      if (!page || view !== desk.view) return;
      desk.take(page.rows);
      this.#begin(view, page);
    } catch (problem) {
      this.list.replaceChildren();
      this.words.failed(problem);
    } finally {
      clearTimeout(patience);
    }
  }

  /** While the line was down nobody told us of changes, so look again at all that is shown. */
  async #up() {
    const first = !this.#wasUp;
    this.#wasUp = true;
    const view = this.#view;
    if (first || !view) return first || this.#load();
    const rows = await this.#pages.all(view, this.#window.pages).catch(() => null);
    if (!rows || view !== this.#view || this.#window.above) return;
    const fresh = new Set(rows.map((row) => row.id));
    const left = [...this.#window.entries.keys()].filter((id) => !fresh.has(id));
    desk.take(rows);
    for (const id of left) this.#gone(id);
    this.#soon();
  }

  #observe() {
    this.ends = new IntersectionObserver((seen) => seen.forEach((each) => each.isIntersecting && this.#more(each.target)), {
      root: this.scroller,
      rootMargin: NEAR,
    });
    this.ends.observe(part(this, "end"));
  }

  async #more(end) {
    const up = end.classList.contains("spacer");
    if (this.#pages.loading || !this.#view || !this.#window[up ? "above" : "below"]) return;
    const view = this.#view;
    const cursor = this.#window.cursor(up);
    const page = await this.#pages.get(view, up ? { before: cursor } : { after: cursor }).catch(() => null);
    if (!page || view !== this.#view) return;
    desk.take(page.rows);
    this.#extend(page, up);
    // The end may still be near when a page was short.
    this.ends.unobserve(end);
    if (end.isConnected) this.ends.observe(end);
  }

  #extend(page, up) {
    this.#window.add(page, { up });
    const height = this.list.scrollHeight;
    this.#place();
    if (up) this.#spacer = Math.max(0, this.#spacer - (this.list.scrollHeight - height));
    const left = this.#window.trim({ up });
    if (!up) this.#spacer += left.reduce((sum, id) => sum + (this.#nodes.get(id)?.offsetHeight ?? 0), 0);
    this.#place();
  }

  /** As high as the rows that were let go above, so that what one reads stays where it is. */
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

  // Opening

  #click(event) {
    const row = event.target.closest(".row");
    if (!row || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    enter(row.dataset.row);
  }

  #near({ target }) {
    const row = target.closest?.(".row");
    if (row) prefetch(row.dataset.row);
  }
}

customElements.define("row-list", RowList);
