/** Above a thread: what it is, who has it, and the buttons for what can be done with it. */
import { me } from "./data.js";
import { desk } from "./desk.js";
import { label, labelButtons } from "./commands.js";
import { newFace, part as find, show } from "./draw.js";
import { LiveElement } from "./live-element.js";
import { ago } from "./when.js";
import { t } from "./words.js";

class ThreadHead extends LiveElement {
  connected() {
    this.on(desk, "open", this.#draw);
    this.on(desk, "rows", this.#draw);
    this.on(desk, "thread", this.#draw);
    this.on(document, "tick", this.#draw);
    this.#draw();
  }

  #draw() {
    const row = desk.open && desk.row(desk.open);
    for (const part of document.querySelectorAll("[data-when-open]")) show(part, Boolean(desk.open));
    show(document.querySelector("[data-nothing]"), !desk.open);
    if (!row) return;
    this.#titles(row);
    this.#facts(row);
    this.#buttons(row);
  }

  #titles(row) {
    this.#text("title", row.subject || row.customer.name);
    const waiting = row.waiting_since && t("waiting", { time: ago(row.waiting_since) });
    const about = [row.subject && row.customer.name, waiting, row.reference, row.touchpoint];
    this.#text("subtitle", about.filter(Boolean).join(" · "));
  }

  #facts(row) {
    const { assignee, team, topic, status, tags, priority, following } = row;
    const who = find(this, "assignee");
    const key = assignee ? `${assignee.id} ${assignee.name}` : "";
    if (who.dataset.key !== key) {
      who.dataset.key = key;
      who.replaceChildren(...(assignee ? [newFace(assignee), assignee.id === me.id ? t("you") : assignee.name] : [t("nobody")]));
    }
    this.#name(who.parentElement, assignee?.name ?? t("nobody"));
    this.#fact("team", team?.name, t("no_team"));
    this.#fact("topic", topic?.name, t("no_topic"));
    this.#fact("tags", tags.join(", "), t("add_tags"));
    this.#fact("priority", t(`priority.${priority}`));
    find(this, "priority").parentElement.dataset.level = priority;
    show(find(this, "status-fact"), Boolean(status));
    this.#fact("status", status?.name, "");
    this.#text("following", t(following ? "command.unfollow" : "command.follow"));
    find(this, "following").parentElement.ariaPressed = String(following);
  }

  #fact(name, text, unset = "") {
    this.#text(name, text || unset);
    const button = find(this, name).parentElement;
    button.toggleAttribute("data-unset", !text);
    this.#name(button, text || unset);
  }

  /** To screen readers a button says what it changes, and what that is now. */
  #name(button, value) {
    const what = label(button.dataset.command);
    button.ariaLabel = value === what ? what : t("fact", { what, value });
  }

  #buttons(row) {
    show(find(this, "claim"), !row.assignee && row.state !== "closed");
    const closure = find(this, "closure");
    const word = t(row.state === "closed" ? "command.reopen" : "command.close");
    find(closure, "word").textContent = word;
    labelButtons(this.querySelector(".title-line"));
    closure.title = closure.title.replace(t("command.close"), word);
  }

  #text(name, text) {
    const element = find(this, name);
    if (element.textContent !== text) element.textContent = text;
  }
}

customElements.define("thread-head", ThreadHead);
