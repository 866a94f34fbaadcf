/** The list of views: counts that follow, and moving between them without loading a page. */
import { handle } from "./commands.js";
import { desk } from "./desk.js";
import { part as find } from "./draw.js";
import { LiveElement } from "./live-element.js";
import { goTo, views } from "./places.js";

const GO = { go_waiting: "waiting", go_mine: "mine", go_unassigned: "unassigned", go_mentions: "mentions", go_all: "all", go_snoozed: "snoozed", go_closed: "closed" };

class InboxViews extends LiveElement {
  connected() {
    this.panes = this.closest(".panes");
    this.on(desk, "counts", this.#count);
    this.on(desk, "view", this.#mark);
    this.on(desk, "open", () => this.#shut());
    this.on(this, "click", this.#click);
    this.on(this.panes, "click", this.#drawer);
    this.on(this.panes, "keydown", this.#escape);
    for (const [command, slug] of Object.entries(GO)) handle(command, () => goTo(slug));
  }

  #click(event) {
    const link = event.target.closest("[data-view]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    goTo(link.dataset.view);
    this.#shut();
  }

  #drawer({ target }) {
    if (target.closest("[data-drawer]:not(.panes)")) {
      this.panes.toggleAttribute("data-drawer", true);
      this.querySelector("[aria-current]").focus();
    } else if (target === this.panes) this.#shut();
  }

  #escape(event) {
    if (event.key !== "Escape" || !this.panes.hasAttribute("data-drawer")) return;
    event.preventDefault();
    this.#shut();
    document.querySelector("[data-drawer]:not(.panes)").focus();
  }

  #shut() {
    this.panes.removeAttribute("data-drawer");
  }

  #mark({ slug }) {
    for (const link of views()) {
      if (link.dataset.view === slug) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.#title();
  }

  #count(counts) {
    for (const link of views()) {
      const slug = link.dataset.view;
      const count = slug.startsWith("team-") ? (counts.teams[slug.slice(5)] ?? 0) : counts[slug];
      find(link, "count").textContent = count || "";
    }
    this.#title();
  }

  #title() {
    const waiting = desk.counts.waiting ? `(${desk.counts.waiting}) ` : "";
    const view = views().find((link) => link.dataset.view === desk.view.slug);
    document.title = `${waiting}${view?.title ?? ""} · Parley`;
  }
}

customElements.define("inbox-views", InboxViews);
