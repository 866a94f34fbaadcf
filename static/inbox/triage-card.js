/**
 * What triage thinks of the open conversation: a suggestion that never takes the focus. Drawn by the server; asked for again
 * when the thread tells of something that changes it, several changes at once only once.
 */
import { handle, labelButtons } from "./commands.js";
import { address, ask, desk } from "./desk.js";
import { enter } from "./places.js";
import { LiveElement } from "./live-element.js";
import { toast } from "./toasts.js";
import * as verbs from "./verbs.js";
import { t } from "./words.js";

const TELLING = new Set(["topic_set", "prioritised", "routed", "assigned"]);
const SETTLE = 300;
const AGAIN = [1_000, 2_000, 4_000, 8_000]; // pauses while a verdict is on its way; then the next event has to tell

class TriageCard extends LiveElement {
  #timer = 0;
  #waits = 0;
  #why = false;

  connected() {
    this.on(desk, "open", this.#clear);
    this.on(desk, "thread", this.#load);
    this.on(desk, "part", ({ part }) => part.conversation === desk.open && this.#heard([part]));
    this.on(desk, "parts", ({ conversation, parts }) => conversation === desk.open && this.#heard(parts));
    this.on(this, "click", this.#clicked);
    handle("accept", () => this.#accept(), () => Boolean(this.#button("accept")));
    handle("why", () => this.#unfold(), () => Boolean(this.#button("why")));
    this.#load();
  }

  disconnected() {
    clearTimeout(this.#timer);
  }

  /** Nothing of one conversation is shown over another; the line keeps its place, so that the thread stays where it is. */
  #clear() {
    clearTimeout(this.#timer);
    this.#why = false;
    this.inert = true;
    if (!desk.open) this.replaceChildren();
  }

  #load() {
    this.#waits = 0;
    this.#fetch();
  }

  #heard(parts) {
    const wrote = parts.some(({ kind, author }) => kind === "message" && author.kind === "customer");
    if (wrote) this.#waits = 0;
    if (wrote || parts.some(({ event }) => TELLING.has(event))) this.#soon(wrote ? AGAIN[0] : SETTLE);
  }

  #soon(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fetch(), pause);
  }

  async #fetch() {
    const id = desk.open;
    if (!id) return;
    clearTimeout(this.#timer);
    await htmx.ajax("GET", address(id, "triage") + (this.#why ? "?why" : ""), { target: this, swap: "innerMorph" });
    if (id === desk.open) this.#show(this.querySelector(`[data-of="${id}"]`));
  }

  /** What came is drawn already; if it is anything else than the open conversation's card, it is no card. */
  #show(card) {
    if (!card) this.replaceChildren();
    this.inert = false;
    labelButtons(this);
    const pause = card && "pending" in card.dataset && AGAIN[this.#waits++];
    if (pause) this.#soon(pause);
  }

  #button(command) {
    return this.inert ? null : this.querySelector(`[data-command="${command}"]`);
  }

  async #accept() {
    const row = verbs.current();
    try {
      const topic = Number(this.querySelector('[data-command="accept"]')?.dataset.seen ?? 0);
      const answer = await ask("POST", address(row.id, "triage/confirmation"), { topic });
      desk.take([answer.row]);
      toast(t("noted"), { command: "accept" });
    } catch (problem) {
      toast(problem.message || t("offline_verb"), { bad: true });
    }
    this.#soon(0);
  }

  #unfold() {
    this.#why = !this.#why;
    this.#fetch();
  }

  #clicked(event) {
    const { topic, name, priority, conversation } = event.target.closest("button, a")?.dataset ?? {};
    if (topic) verbs.setTopic(verbs.current(), { id: topic, name });
    if (priority) verbs.prioritise(verbs.current(), priority);
    if (!conversation || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    enter(conversation);
  }
}

customElements.define("triage-card", TriageCard);
