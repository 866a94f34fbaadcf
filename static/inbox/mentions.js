/** Calling a colleague in a note: `@`, a few letters, Enter. */
import { called, choices } from "./choices.js";
import { copy, face, part as find } from "./draw.js";
import { place } from "./popovers.js";

const MOST = 6;
const CALL = /(?:^|\s)@([\p{L}\p{N}.'-]*(?: [\p{L}\p{N}.'-]*)?)$/u;

/** The popup of one textarea. `on` says whether calling makes sense there now. */
export class Mentions {
  #text;
  #on;
  #popup = document.getElementById("mention");
  #list = document.getElementById("mention-options");
  #shown = [];
  #index = 0;

  constructor(text, on) {
    this.#text = text;
    this.#on = on;
    this.#list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const index = [...this.#list.children].indexOf(event.target.closest("li"));
      if (index >= 0) this.#choose(this.#shown[index]);
    });
  }

  get open() {
    return this.#popup.matches(":popover-open");
  }

  /** Look at what stands before the caret. */
  async look() {
    const typed = this.#on() ? this.#call() : null;
    if (typed === null) return this.close();
    await choices().catch(() => {});
    if (this.#call() !== typed) return;
    const wanted = typed.toLocaleLowerCase();
    const found = called().filter((each) => each.name.toLocaleLowerCase().split(" ").some((word) => word.startsWith(wanted)) || each.name.toLocaleLowerCase().startsWith(wanted));
    this.#shown = found.sort((a, b) => a.name.localeCompare(b.name)).slice(0, MOST);
    if (this.#shown.length) this.#show();
    else this.close();
  }

  close() {
    if (this.open) this.#popup.hidePopover();
    this.#text.removeAttribute("aria-activedescendant");
  }

  /** @returns {boolean} whether the key was for the popup */
  key(event) {
    if (!this.open || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#mark((this.#index + step + this.#shown.length) % this.#shown.length);
    else if (event.key === "Enter" || event.key === "Tab") this.#choose(this.#shown[this.#index]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    return true;
  }

  #call() {
    return this.#text.value.slice(0, this.#text.selectionStart).match(CALL)?.[1] ?? null;
  }

  #show() {
    this.#list.replaceChildren(...this.#shown.map(option));
    this.#mark(0);
    if (!this.open) this.#popup.showPopover();
    place(this.#popup, this.#text, { above: true });
  }

  #mark(index) {
    this.#index = index;
    [...this.#list.children].forEach((item, at) => (item.ariaSelected = String(at === index)));
    this.#text.setAttribute("aria-activedescendant", this.#list.children[index].id);
  }

  #choose({ name }) {
    const end = this.#text.selectionStart;
    const start = end - this.#call().length;
    this.#text.setRangeText(`${name} `, start, end, "end");
    this.close();
    this.#text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function option(who, index) {
  const item = copy("option");
  item.id = `mention-${index}`;
  const circle = find(item, "face");
  circle.hidden = false;
  face(circle, who);
  find(item, "text").textContent = who.name;
  return item;
}

/** The keys of everybody a note calls by name. */
export function mentioned(text) {
  return called()
    .filter((each) => text.includes(`@${each.name}`))
    .map((each) => each.key);
}
