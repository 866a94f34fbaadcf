/** Search over the page: results come while one types, arrows go through them, Enter without one shows the whole page. */
import { handle } from "./commands.js";
import { LiveElement } from "./live-element.js";
import { enter } from "./places.js";

class SearchPopup extends LiveElement {
  connected() {
    this.dialog = this.querySelector("dialog");
    this.field = this.querySelector("input");
    this.hits = this.querySelector(".hits");
    this.on(this.dialog, "click", this.#click);
    this.on(this, "keydown", this.#key);
    this.on(this.field, "input", () => this.field.value.trim() || this.hits.replaceChildren());
    handle("search", () => this.#open());
  }

  #open() {
    this.dialog.showModal();
    this.field.select();
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing) return;
    event.preventDefault();
    const stops = [this.field, ...this.hits.querySelectorAll("a")];
    const next = stops[stops.indexOf(document.activeElement) + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  #click(event) {
    if (event.target === this.dialog) return this.dialog.close();
    const hit = event.target.closest("[data-conversation]");
    if (!hit || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.dialog.close();
    enter(hit.dataset.conversation);
  }
}

customElements.define("search-popup", SearchPopup);
