/** Moving through the list by key: the focus walks the rows, and finds its way back to the one that was open. */
import { handle } from "./commands.js";
import { ask, desk } from "./desk.js";
import { enter, goTo, open, views } from "./places.js";
import { holds } from "./rows.js";

export class ListMoves {
  #list;
  #ghost;

  /** @param {HTMLElement} list the `<ul>` of rows @param {(id: string) => boolean} ghost whether a row is about to leave */
  constructor(list, ghost) {
    this.#list = list;
    this.#ghost = ghost;
    handle("next", () => this.#step(1));
    handle("previous", () => this.#step(-1));
    handle("open", () => enter(this.focused.dataset.row), () => Boolean(this.focused));
    handle("next_view", () => this.#turn(1));
    handle("previous_view", () => this.#turn(-1));
    handle("next_waiting", () => this.#longestWaiting());
    handle("back", () => this.#back());
  }

  /** Rows as they stand on screen. */
  get rows() {
    return [...this.#list.querySelectorAll(".row")];
  }

  get focused() {
    const row = document.activeElement?.closest?.(".row");
    return row && this.#list.contains(row) ? row : null;
  }

  focus(id) {
    const { rows } = this;
    const row = rows.find((each) => each.dataset.row === id);
    if (!row) return;
    for (const other of rows) other.tabIndex = other === row ? 0 : -1;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  /** One stop for Tab, and the open one marked. */
  mark() {
    const { rows } = this;
    const stop = this.focused ?? rows.find((row) => row.dataset.row === desk.open) ?? rows[0];
    for (const row of rows) {
      if (row.dataset.row === desk.open) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
      row.tabIndex = row === stop ? 0 : -1;
    }
  }

  /** The conversation to go on with once `id` is done: the next one, else the one before. */
  after(id) {
    const ids = this.rows.map((row) => row.dataset.row);
    const now = ids.indexOf(id);
    const rest = now < 0 ? ids : [...ids.slice(now + 1), ...ids.slice(0, now).reverse()];
    return rest.find((each) => !this.#ghost(each) && holds(desk.view, desk.row(each) ?? {})) ?? null;
  }

  #step(by) {
    const ids = this.rows.map((row) => row.dataset.row).filter((id) => id === desk.open || !this.#ghost(id));
    const now = ids.indexOf(this.focused?.dataset.row ?? desk.open);
    this.focus(ids[now < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, now + by))]);
  }

  #back() {
    const id = desk.open;
    open(null);
    const here = this.rows.some((row) => row.dataset.row === id);
    this.focus(here ? id : this.rows[0]?.dataset.row);
  }

  #turn(by) {
    const all = views();
    const now = all.findIndex((link) => link.dataset.view === desk.view.slug);
    goTo(all[(now + by + all.length) % all.length].dataset.view);
  }

  async #longestWaiting() {
    const page = await ask("GET", "/inbox/waiting/rows/").catch(() => null);
    const next = page?.rows.find((row) => row.id !== desk.open);
    if (!next) return;
    desk.take(page.rows);
    enter(next.id);
  }
}
