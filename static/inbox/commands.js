/**
 * Everything an agent can do, once: keys, tooltips, buttons, the help sheet and whatever else lists commands read this table.
 * Who does it registers with `handle`; a button says `data-command="close"` and needs nothing more.
 */
import { said, t } from "./words.js";

const table = [
  ["next", "move", ["j"]],
  ["previous", "move", ["k"]],
  ["open", "move", ["o", "enter"]],
  ["back", "move", ["u", "escape"]],
  ["top", "move", ["g g"]],
  ["next_view", "move", ["]"]],
  ["previous_view", "move", ["["]],
  ["next_waiting", "move", ["mod+/"]],
  ["reply", "write", ["r"]],
  ["note", "write", ["n"]],
  ["send", "write", ["mod+enter"]],
  ["send_and_close", "write", ["mod+shift+enter"]],
  ["attach", "write", ["shift+a"]],
  ["assign", "do", ["a"]],
  ["mine", "do", ["i"]],
  ["team", "do", ["t"]],
  ["close", "do", ["e"]],
  ["snooze", "do", ["h"]],
  ["priority", "do", ["p"]],
  ["topic", "do", ["l"]],
  ["tags", "do", ["shift+l"]],
  ["status", "do", ["shift+s"]],
  ["follow", "do", ["shift+f"]],
  ["merge", "do", ["m"]],
  ["split", "do", ["shift+m"]],
  ["redact", "do", ["shift+d"]],
  ["customer", "do", ["c"]],
  ["accept", "do", ["y"]],
  ["why", "do", ["shift+y"]],
  ["more", "do", ["."]],
  ["undo", "do", ["z"]],
  ["search", "go", ["/"]],
  ["go_waiting", "go", ["g i"]],
  ["go_mine", "go", ["g m"]],
  ["go_unassigned", "go", ["g u"]],
  ["go_mentions", "go", ["g n"]],
  ["go_all", "go", ["g a"]],
  ["go_snoozed", "go", ["g s"]],
  ["go_closed", "go", ["g c"]],
  ["help", "help", ["?"]],
];

/** @typedef {{id: string, group: string, keys: string[], run: ?function, may: function}} Command */
/** @type {Map<string, Command>} */
export const commands = new Map(table.map(([id, group, keys]) => [id, { id, group, keys, run: null, may: () => true }]));

/** Say who does it, and when it can be done at all. */
export function handle(id, run, may = () => true) {
  Object.assign(commands.get(id), { run, may });
}

/** Whether a command waits for its module. Keys pressed meanwhile are meant for what it opens, and must do nothing else. */
export const fetching = { now: false, typed: [] };

/** Say which module brings the ones who do it; `fetch` is called when one of them is first wanted, and says whether it came. */
export function handleLater(ids, fetch, may = () => true) {
  const later = async (id, from) => {
    fetching.now = true;
    const here = await fetch();
    fetching.now = false;
    if (here) run(id, from);
    fetching.typed = [];
  };
  for (const id of ids) handle(id, (from) => later(id, from), may);
}

/** Do it, if it can be done now. @param {?HTMLElement} from the button it was asked with @returns {boolean} whether it was */
export function run(id, from = null) {
  const command = commands.get(id);
  if (!command?.run || !command.may()) return false;
  command.run(from);
  return true;
}

export const label = (id) => t(`command.${id}`);

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const SIGNS = APPLE
  ? { mod: "⌘", shift: "⇧", enter: "↵", escape: "esc" }
  : { mod: "Ctrl ", shift: "⇧", enter: "↵", escape: "esc" };

/** A key as it is printed: "⌘↵", "g then i" as its two strokes. @returns {string[]} */
export const strokes = (keys) => keys.split(" ").map((stroke) => stroke.split("+").map((key) => SIGNS[key] ?? key).join(""));

/** Let every button with a command say its key, in its tooltip, its `<kbd>` and to screen readers (`data-key-of`: only that). */
export function labelButtons(root = document) {
  for (const button of root.querySelectorAll("[data-command], [data-key-of]")) {
    const { id, keys } = commands.get(button.dataset.command ?? button.dataset.keyOf);
    const key = strokes(keys[0]).join(" ");
    button.title = `${label(id)} (${key})`;
    if (!keys[0].includes(" ")) button.setAttribute("aria-keyshortcuts", aria(keys[0]));
    const words = button.querySelector("span:not([data-keep])");
    if ("label" in button.dataset && words) words.textContent = label(id);
    if (!button.textContent.trim() && said(`command.${id}`)) button.ariaLabel = label(id);
    const kbd = button.querySelector("kbd");
    if (kbd) {
      kbd.textContent = key;
      kbd.ariaHidden = "true";
    }
  }
}

const NAMES = { mod: APPLE ? "Meta" : "Control", shift: "Shift", enter: "Enter", escape: "Escape" };
const aria = (keys) => keys.split("+").map((key) => NAMES[key] ?? key).join("+");

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-command]");
  if (button) run(button.dataset.command, button);
});
