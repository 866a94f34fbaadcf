/** Keys: single letters outside of text fields, chords like `g i`, and those with ⌘ or Ctrl everywhere. */
import { commands, fetching, run } from "./commands.js";

const SETTING = "parley:keys";
const PAUSE = 1_200; // between the strokes of a chord

/** Single keys can be switched off: speech input types letters by the dozen (WCAG 2.1.4). */
export const keys = {
  get on() {
    return localStorage.getItem(SETTING) !== "off";
  },
  set on(value) {
    localStorage.setItem(SETTING, value ? "on" : "off");
  },
};

const byKeys = new Map([...commands.values()].flatMap((command) => command.keys.map((each) => [each, command.id])));
const beginnings = new Set([...byKeys.keys()].filter((each) => each.includes(" ")).map((each) => each.split(" ")[0]));

let begun = "";
let timer = 0;

function stroke(event) {
  const mod = event.metaKey || event.ctrlKey;
  const key = event.key.toLowerCase();
  const letter = /^[a-z]$/.test(key) || key === "enter";
  return `${mod ? "mod+" : ""}${event.shiftKey && letter ? "shift+" : ""}${key}`;
}

const writing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const occupied = () => document.querySelector("dialog[open], :popover-open");
const pressable = (target) => target.closest?.("button, summary, a[href], [role=option]");

document.addEventListener("keydown", (event) => {
  // Safari sends the Enter that ends a composition after compositionend, recognisable by its key code only.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.altKey) return;
  const pressed = stroke(event);
  const modified = pressed.startsWith("mod+");
  if (!modified && (writing(event.target) || occupied() || !keys.on)) return;
  if ((pressed === "enter" || pressed === " ") && pressable(event.target)) return;
  if (fetching.now) return fetching.typed.push(event.key), event.preventDefault();
  const whole = begun ? `${begun} ${pressed}` : pressed;
  clearTimeout(timer);
  if (!begun && beginnings.has(pressed)) {
    begun = pressed;
    timer = setTimeout(() => (begun = ""), PAUSE);
    return;
  }
  begun = "";
  const id = byKeys.get(whole);
  if (id && run(id)) event.preventDefault();
});
