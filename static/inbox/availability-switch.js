/** Whether I am here, for colleagues and for who gives out work. */
import { ask, desk } from "./desk.js";
import { show } from "./draw.js";
import { LiveElement } from "./live-element.js";
import { t } from "./words.js";

class AvailabilitySwitch extends LiveElement {
  #turn = Promise.resolve(); // one after the other: the last wish is the one that holds

  connected() {
    this.dot = document.querySelector("[data-there]");
    this.reason = this.querySelector("input");
    this.on(this, "click", ({ target }) => target.closest("button") && this.#set(target.closest("button").value));
    this.on(this.reason, "change", () => this.#set("away"));
    this.on(this.reason, "keydown", ({ key }) => key === "Enter" && this.#set("away"));
    this.on(desk, "agent", ({ availability, away_reason: why }) => this.#draw(availability, why));
    this.#draw(this.dot.dataset.there, this.reason.value);
  }

  get #now() {
    return this.dot.dataset.there;
  }

  async #set(availability) {
    const before = this.#now;
    this.#draw(availability, this.reason.value);
    this.#complain("");
    const wish = { availability, reason: availability === "away" ? this.reason.value : "" };
    const told = this.#turn.then(() => ask("PUT", this.dataset.url, wish));
    this.#turn = told.catch(() => {});
    try {
      await told;
    } catch (problem) {
      this.#draw(before, this.reason.value);
      this.#complain(problem.message || t("offline_verb"));
    }
  }

  #draw(availability, why = "") {
    this.dot.dataset.there = availability;
    for (const button of this.querySelectorAll("button")) button.ariaPressed = String(button.value === availability);
    show(this.reason.parentElement, availability === "away");
    if (document.activeElement !== this.reason) this.reason.value = why ?? "";
  }

  #complain(text) {
    const line = this.querySelector(".wrong");
    line.textContent = text;
    show(line, Boolean(text));
  }
}

customElements.define("availability-switch", AvailabilitySwitch);
