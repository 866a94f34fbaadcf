/** 48 emoji that people send most, in a grid for mouse, finger and arrow keys. */

const EMOJI =
  "😀 😂 😊 😍 🥰 😉 😎 🤔 🙂 🙃 😅 😇 😴 😢 😭 😡 😱 🤯 🥳 🤗 😬 🙄 🤷 🤦 👍 👎 👌 🙏 👏 💪 👋 🤝 ❤️ 💔 🔥 ✨ 🎉 🎂 ☕ 🚀 ✅ ❌ ⚠️ ❓ 💡 📦 💳 🌍".split(" ");
const COLUMNS = 8;

let panel = null;

/** Open the grid above `button`, or close it. */
export function toggle(button, choose) {
  if (panel) return close(button);
  panel = document.createElement("div");
  Object.assign(panel, { className: "emoji", role: "group", ariaLabel: button.ariaLabel });
  panel.append(...EMOJI.map(cell));
  panel.addEventListener("click", ({ target }) => {
    if (!target.matches("button")) return;
    choose(target.textContent);
    close(button, false);
  });
  panel.addEventListener("keydown", (event) => move(event, button));
  panel.addEventListener("focusout", ({ relatedTarget }) => {
    if (panel && !panel.contains(relatedTarget) && relatedTarget !== button) close(button, false);
  });
  button.setAttribute("aria-expanded", true);
  button.closest("form").append(panel);
  panel.firstElementChild.focus();
}

function cell(emoji, place) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: emoji });
  made.tabIndex = place ? -1 : 0;
  return made;
}

function close(button, isFocused = true) {
  const closing = panel;
  if (!closing) return;
  panel = null; // first, because removing it moves the focus and calls us again
  closing.remove();
  button.setAttribute("aria-expanded", false);
  if (isFocused) button.focus();
}

function move(event, button) {
  if (event.key === "Escape") {
    event.stopPropagation();
    return close(button);
  }
  const forward = getComputedStyle(panel).direction === "rtl" ? -1 : 1;
  const step = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
  const cells = [...panel.children], at = cells.indexOf(document.activeElement);
  const next = { Home: cells[0], End: cells.at(-1) }[event.key] ?? (step && cells[at + step]);
  if (step || next) event.preventDefault();
  if (!next) return;
  cells[at].tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
