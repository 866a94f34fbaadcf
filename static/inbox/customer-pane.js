/** Who asks. Drawn by the server, fetched by htmx whenever another conversation opens and while it stays open. */
import { handle } from "./commands.js";
import { address, desk } from "./desk.js";
import { LiveElement } from "./live-element.js";

const AGAIN = 15_000; // they may have gone to another page

class CustomerPane extends LiveElement {
  #timer = 0;

  connected() {
    this.panes = this.closest(".panes");
    this.on(desk, "open", this.#load);
    this.on(this, "click", ({ target }) => target.closest("[data-shut]") && this.#drawer(false));
    this.on(this.panes, "click", ({ target }) => target === this.panes && this.#drawer(false));
    this.on(this.panes, "keydown", (event) => {
      if (event.key !== "Escape" || !this.panes.hasAttribute("data-customer")) return;
      event.preventDefault();
      this.#drawer(false);
    });
    handle("customer", () => this.#drawer(!this.panes.hasAttribute("data-customer")), () => Boolean(desk.open));
    this.#timer = setInterval(() => document.hidden || this.contains(document.activeElement) || this.#fetch(), AGAIN);
    this.#load(desk.open);
  }

  disconnected() {
    clearInterval(this.#timer);
  }

  #load(id) {
    this.replaceChildren();
    if (!id) this.#drawer(false);
    this.#fetch();
  }

  #fetch() {
    if (desk.open) htmx.ajax("GET", address(desk.open, "customer"), { target: this, swap: "innerMorph" });
  }

  #drawer(open) {
    this.panes.toggleAttribute("data-customer", open);
    const button = document.querySelector(".pane-button");
    button.ariaExpanded = String(open);
    if (open) this.querySelector("[data-shut], a, button")?.focus();
    else if (this.contains(document.activeElement)) button.focus();
  }
}

customElements.define("customer-pane", CustomerPane);
