/**
 * Which rows are in the list, in which order, and what lies beyond its two ends. Pages come in at either end; above 300
 * rows the far page is let go, so that the browser never holds more however far one scrolls. No DOM in here.
 */
import { order } from "./rows.js";

const MOST = 300;

export class ListWindow {
  /** id → {row: the newest, place: the row as it was when it got its place, ghost: why it leaves, or null} */
  entries = new Map();
  above = false; // rows before the first
  below = false; // rows after the last
  #compare;
  #segments = []; // pages in order: their cursors, and the rows at their ends

  constructor(view, page) {
    this.#compare = order(view);
    this.add(page, { up: false });
  }

  /** Ids in the order they are shown. */
  get ids() {
    const entries = [...this.entries];
    return entries.sort(([, a], [, b]) => this.#compare(a.place, b.place)).map(([id]) => id);
  }

  /** Since when the first of them has been waiting. */
  get oldest() {
    return this.entries.get(this.ids[0])?.row.waiting_since;
  }

  /** The cursor to ask for the next page with. */
  cursor(up) {
    const segment = this.#segments.at(up ? 0 : -1);
    return up ? segment?.first : segment?.last;
  }

  get pages() {
    return Math.max(1, this.#segments.length);
  }

  /** Take a page that continues the window. */
  add(page, { up }) {
    for (const row of page.rows) this.set(row);
    this[up ? "above" : "below"] = page.more;
    if (page.rows.length) this.#segments[up ? "unshift" : "push"]({ ...page, rows: [page.rows[0], page.rows.at(-1)] });
  }

  set(row) {
    const entry = this.entries.get(row.id);
    if (entry) Object.assign(entry, { row, place: row, ghost: null });
    else this.entries.set(row.id, { row, place: row, ghost: null });
  }

  /** Whether a row that is not here would stand between the two ends. */
  reaches(row) {
    const [first, last] = [this.#segments[0]?.rows[0], this.#segments.at(-1)?.rows[1]];
    if (this.above && first && this.#compare(row, first) < 0) return false;
    return !(this.below && last && this.#compare(row, last) > 0);
  }

  /** Whether `row` belongs between these two entries; none of them: at that end. */
  fits(row, above, below) {
    return !(above && this.#compare(above.place, row) > 0) && !(below && this.#compare(row, below.place) > 0);
  }

  /** Let go of the page furthest from where one reads. @returns {string[]} ids that left */
  trim({ up }) {
    const left = [];
    while (this.entries.size > MOST && this.#segments.length > 1) left.push(...this.#drop(up));
    return left;
  }

  #drop(fromBelow) {
    this.#segments[fromBelow ? "pop" : "shift"]();
    this[fromBelow ? "below" : "above"] = true;
    const edge = fromBelow ? this.#segments.at(-1).rows[1] : this.#segments[0].rows[0];
    const beyond = (entry) => (fromBelow ? this.#compare(entry.place, edge) > 0 : this.#compare(entry.place, edge) < 0);
    const left = [...this.entries].filter(([, entry]) => beyond(entry)).map(([id]) => id);
    for (const id of left) this.entries.delete(id);
    return left;
  }
}
