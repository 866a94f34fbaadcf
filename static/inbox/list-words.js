/** What the list says about itself: its title, how many and since when, that it is empty, that it failed, what waits. */
import { desk } from "./desk.js";
import { part, show } from "./draw.js";
import { views } from "./places.js";
import { ago } from "./when.js";
import { t } from "./words.js";

export class ListWords {
  #list;

  /** @param {HTMLElement} list the `<row-list>` */
  constructor(list) {
    this.#list = list;
  }

  title({ slug }) {
    document.getElementById("view-title").textContent = views().find((link) => link.dataset.view === slug).title;
    this.summarise(null);
  }

  /** @param {?ListWindow} shown what stands in the list now */
  summarise(shown) {
    const { slug } = desk.view;
    const count = slug.startsWith("team-") ? desk.counts.teams?.[slug.slice(5)] : desk.counts[slug];
    const oldest = slug === "waiting" && shown && !shown.above && shown.oldest;
    const words = [count || "", oldest ? t("oldest", { time: ago(oldest) }) : ""];
    part(this.#list, "summary").textContent = words.filter(Boolean).join(", ");
  }

  /** How many rows want to come, go or move. */
  changes(n) {
    const pill = part(this.#list, "changes");
    if (show(pill, n > 0)) pill.lastElementChild.textContent = t("changes", { n });
  }

  empty(empty) {
    const waiting = desk.view.slug === "waiting";
    if (empty) this.#say(t(waiting ? "nobody_waits" : "nothing_here"), t(waiting ? "nobody_waits_more" : "nothing_here_more"));
    show(part(this.#list, "empty"), empty);
    show(part(this.#list, "retry"), false);
  }

  failed(problem) {
    this.#say(t("list_failed"), problem.message || t("reconnecting"));
    show(part(this.#list, "empty"), true);
    show(part(this.#list, "retry"), true);
  }

  #say(title, more) {
    const [strong, span] = part(this.#list, "empty").children;
    strong.textContent = title;
    span.textContent = more;
  }
}
