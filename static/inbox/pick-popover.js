/**
 * A field and what fits it: the one grammar for giving, moving, snoozing, labelling and merging. The field keeps the focus;
 * arrows move through the options, Enter takes one, Escape takes none.
 */
import { fetching } from "./commands.js";
import { copy, face, icon, part as find, show } from "./draw.js";
import { LiveElement } from "./live-element.js";
import { openAt, place } from "./popovers.js";
import { t } from "./words.js";

const MOST = 50;

/**
 * @typedef {{text: string, hint?: string, face?: {id: string, name: string}, icon?: string, on?: boolean, run: function,
 *            stays?: boolean}} Option `stays`: the popover remains open, to take another
 */

class PickPopover extends LiveElement {
  #options = [];
  #shown = [];
  #index = 0;
  #more = null;
  #time = null;
  #reload = null;
  #none = "";
  #ready = false;
  #eager = false; // Enter came before the options did

  connected() {
    this.field = this.querySelector("[role=combobox]");
    this.list = this.querySelector("[role=listbox]");
    this.on(this.field, "input", this.#filter);
    this.on(this.field, "keydown", this.#key);
    this.on(this.list, "pointerdown", (event) => event.preventDefault());
    this.on(this.list, "click", this.#click);
    this.on(this.list, "pointermove", this.#hover);
    this.on(find(this, "time"), "submit", this.#at);
  }

  /**
   * Ask for one. @param {{label: string, anchor: ?Element, options: () => Promise<Option[]>, none?: string,
   * more?: (text: string) => ?Option, time?: (at: Date) => ?string}} question `none` says that there is nothing to take;
   * `more` makes an option of what was typed; `time` takes a moment or says why not
   */
  async ask({ label, anchor, options, none = "", more = null, time = null }) {
    this.#none = none;
    this.#more = more;
    this.#time = time;
    this.#reload = options;
    find(this, "label").textContent = label;
    this.ariaLabel = label;
    this.field.ariaLabel = label;
    this.list.ariaLabel = label;
    const typed = fetching.typed.splice(0); // by somebody faster than their line
    this.field.value = typed.filter((key) => key.length === 1).join("");
    this.#options = [];
    this.#say("");
    show(find(this, "time"), Boolean(time));
    if (time) find(this, "time").reset();
    openAt(this, anchor);
    this.field.focus();
    const filling = this.#fill();
    this.#eager = typed.includes("Enter");
    await filling;
    place(this, anchor);
  }

  async #fill() {
    this.#ready = this.#eager = false;
    try {
      this.#options = await this.#reload();
      if (!this.#options.length) this.#say(this.#none);
    } catch (problem) {
      this.#say(problem.message || t("offline_verb"), true);
    }
    this.#ready = true;
    this.#filter();
    if (this.#eager && this.matches(":popover-open")) this.#take(this.#shown[0]);
  }

  #filter() {
    const typed = this.field.value.trim();
    const wanted = typed.toLocaleLowerCase();
    const fits = ({ text, hint = "" }) => `${text} ${hint}`.toLocaleLowerCase().split(/\s+/).some((word) => word.startsWith(wanted)) || text.toLocaleLowerCase().includes(wanted);
    this.#shown = (wanted ? this.#options.filter(fits) : this.#options).slice(0, MOST);
    const extra = typed && this.#more?.(typed, this.#shown);
    if (extra) this.#shown.push(extra);
    this.list.replaceChildren(...this.#shown.map(draw));
    if (this.#options.length) this.#say(this.#shown.length ? "" : t("no_match", { text: typed }));
    this.#mark(0);
  }

  #mark(index) {
    this.#index = index;
    [...this.list.children].forEach((item, at) => (item.ariaSelected = String(at === index)));
    const item = this.list.children[index];
    item?.scrollIntoView({ block: "nearest" });
    if (item) this.field.setAttribute("aria-activedescendant", item.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#shown.length) this.#mark((this.#index + step + this.#shown.length) % this.#shown.length);
    else if (event.key === "Enter" && !this.#ready) this.#eager = true;
    else if (event.key === "Enter") this.#take(this.#shown[this.#index]);
    else return;
    event.preventDefault();
  }

  #click({ target }) {
    this.#take(this.#shown[[...this.list.children].indexOf(target.closest("li"))]);
  }

  #hover({ target }) {
    const index = [...this.list.children].indexOf(target.closest("li"));
    if (index >= 0 && index !== this.#index) this.#mark(index);
  }

  async #take(option) {
    if (!option) return;
    if (!option.stays) this.hidePopover();
    await option.run();
    if (!option.stays || !this.matches(":popover-open")) return;
    this.field.value = "";
    await this.#fill();
  }

  #at(event) {
    event.preventDefault();
    const problem = this.#time(new Date(event.target.elements[0].value));
    if (problem) this.#say(problem, true);
    else this.hidePopover();
  }

  #say(text, failed = false) {
    const line = find(this, "wrong");
    line.toggleAttribute("data-failed", failed);
    line.textContent = text;
    show(line, Boolean(text));
  }
}

function draw(option, index) {
  const item = copy("option");
  item.id = `pick-${index}`;
  find(item, "text").textContent = option.text;
  if (option.face) {
    const circle = find(item, "face");
    show(circle, true);
    face(circle, option.face);
  }
  if (option.icon) icon(item.querySelector("svg"), option.icon);
  const hint = find(item, "hint");
  hint.textContent = option.hint ?? "";
  show(hint, Boolean(option.hint));
  if (option.on) {
    const tick = item.querySelector("svg").cloneNode(true);
    tick.classList.add("on");
    item.append(icon(tick, "check"));
    item.ariaChecked = "true";
  }
  return item;
}

customElements.define("pick-popover", PickPopover);
