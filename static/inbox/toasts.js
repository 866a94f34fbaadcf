/** What just happened, for a moment, with a way back. */
import { handle, label, strokes, commands } from "./commands.js";
import { copy, part, show } from "./draw.js";
import { LiveElement } from "./live-element.js";
import { t } from "./words.js";

const SHOWN = 8_000;
const MOST = 3;
const TIP_AFTER = 3; // uses of a button until its key is worth a word

let stack = null;
let last = null; // how to undo what was done last
const clicks = new Map();

class ToastStack extends LiveElement {
  connected() {
    stack = this;
    handle("undo", () => undo(last), () => Boolean(last));
    this.on(this, "pointerenter focusin", () => this.querySelectorAll(".toast").forEach((each) => clearTimeout(each.timer)));
    this.on(this, "pointerleave focusout", () => this.querySelectorAll(".toast").forEach((each) => this.#fade(each)));
  }

  add(toast) {
    this.append(toast);
    while (this.children.length > MOST) this.firstElementChild.remove();
    this.#fade(toast);
  }

  #fade(toast) {
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => toast.remove(), SHOWN);
  }
}

function undo(back) {
  if (last === back) last = null;
  for (const toast of stack.querySelectorAll(".toast")) if (toast.undo === back) toast.remove();
  back();
}

/**
 * Say it. @param {{undo?: function, action?: {label: string, run: function}, bad?: boolean, command?: string}} more `command`
 * is what was done, so that who always clicks learns its key
 */
export function toast(text, { undo: back = null, action = null, bad = false, command = "" } = {}) {
  const element = copy("toast");
  part(element, "text").textContent = text;
  element.classList.toggle("bad", bad);
  if (back) last = back;
  element.undo = back;
  const offer = back ? { label: t("undo"), run: () => undo(back) } : action;
  const button = part(element, "undo");
  if (show(button, Boolean(offer))) {
    button.textContent = offer.label;
    button.addEventListener("click", () => {
      element.remove();
      offer.run();
    });
  }
  tip(element, command);
  stack.add(element);
}

/** A command was asked for with the mouse. */
export const clicked = (command) => clicks.set(command, (clicks.get(command) ?? 0) + 1);

function tip(element, command) {
  if ((clicks.get(command) ?? 0) < TIP_AFTER) return;
  clicks.delete(command);
  const hint = part(element, "tip");
  hint.textContent = t("tip", { key: strokes(commands.get(command).keys[0]).join(" ") });
  hint.title = label(command);
  show(hint, true);
}

customElements.define("toast-stack", ToastStack);
