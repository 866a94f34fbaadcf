/** One line when the line is down: after three seconds, so that short breaks pass unnoticed. */
import { desk } from "./desk.js";
import { show } from "./draw.js";
import { LiveElement } from "./live-element.js";
import { t } from "./words.js";

const GOOD_NEWS = 3_000;

class ConnectionBar extends LiveElement {
  #lost = false;
  #missed = 0;
  #timer = 0;

  connected() {
    this.on(desk, "lost", this.#down);
    this.on(desk, "down", this.#ended);
    this.on(desk, "up", this.#up);
    this.on(desk, "rows", this.#count);
    this.on(window, "offline online", () => this.#lost && this.#down());
  }

  disconnected() {
    clearTimeout(this.#timer);
  }

  #down() {
    this.#lost = true;
    this.#say(t(navigator.onLine ? "reconnecting" : "offline_line"));
  }

  #ended({ code, final }) {
    if (!final) return;
    this.#lost = true;
    if (code === 4400) this.#say(t("reload"), t("reload_button"), () => location.reload());
    else this.#say(t("signed_out"), t("sign_in"), () => location.assign(`/login/?next=${encodeURIComponent(location.pathname)}`));
  }

  #up() {
    if (!this.#lost) return;
    this.#lost = false;
    this.#missed = 0;
    this.toggleAttribute("data-good", true);
    this.#say(t("back_online"));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#well(), GOOD_NEWS);
  }

  /** What the desk had to tell after the break. */
  #count({ rows }) {
    if (!this.#timer || !rows.length) return;
    this.#missed += rows.length;
    this.#say(t("back_online_n", { n: this.#missed }));
  }

  #well() {
    this.#timer = 0;
    show(this, false);
    this.removeAttribute("data-good");
  }

  #say(text, word = "", run = null) {
    if (this.#lost) this.removeAttribute("data-good");
    this.replaceChildren(text);
    if (word) this.append(button(word, run));
    show(this, true);
  }
}

function button(word, run) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "btn s";
  element.textContent = word;
  element.addEventListener("click", run);
  return element;
}

customElements.define("connection-bar", ConnectionBar);
