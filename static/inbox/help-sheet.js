/** Every key there is, from the same table that makes them work. */
import { commands, handle, label, strokes } from "./commands.js";
import { part as find } from "./draw.js";
import { keys } from "./keys.js";
import { LiveElement } from "./live-element.js";
import { t } from "./words.js";

class HelpSheet extends LiveElement {
  connected() {
    this.dialog = this.querySelector("dialog");
    const box = find(this, "keys-on");
    box.checked = keys.on;
    this.on(box, "change", () => (keys.on = box.checked));
    this.on(this.dialog, "click", ({ target }) => target === this.dialog && this.dialog.close());
    handle("help", () => this.#open());
  }

  #open() {
    const groups = Map.groupBy([...commands.values()].filter((each) => each.run), (each) => each.group);
    find(this, "sheet").replaceChildren(...[...groups].map(([group, list]) => section(group, list)));
    this.dialog.showModal();
  }
}

function section(group, list) {
  const element = document.createElement("section");
  const title = document.createElement("h3");
  title.textContent = t(`group.${group}`);
  const items = document.createElement("ul");
  items.append(...list.map(line));
  element.append(title, items);
  return element;
}

function line(command) {
  const item = document.createElement("li");
  const chord = document.createElement("span");
  chord.className = "chord";
  strokes(command.keys[0]).forEach((stroke, index) => {
    if (index) chord.append(t("then"));
    const key = document.createElement("kbd");
    key.textContent = stroke;
    chord.append(key);
  });
  item.append(label(command.id), chord);
  return item;
}

customElements.define("help-sheet", HelpSheet);
