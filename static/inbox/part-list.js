/** What stands between and around parts: days, the line where unread begins, and which belong together. */
import { copy } from "./draw.js";
import { me } from "./data.js";
import { dayName, dayOf } from "./when.js";
import { t } from "./words.js";

const TOGETHER = 5 * 60_000;

/** A merge can be undone where it is told, as long as nobody has. */
export function closeUnmerged(list, parts) {
  const last = new Map();
  for (const { event, data, number } of parts) if (/^(merged_from|unmerged)$/.test(event) && data.from) last.set(data.from, { event, number });
  for (const button of list.querySelectorAll("[data-unmerge]")) {
    const now = last.get(button.dataset.unmerge);
    button.hidden = now?.event !== "merged_from" || String(now.number) !== button.parentElement.dataset.number;
  }
}

/** @param {Map<number, Element>} nodes by part number @param {?number} unreadFrom the last number that was read */
export function decorate(list, parts, nodes, unreadFrom) {
  for (const line of list.querySelectorAll(":scope > :is(.day, .fresh)")) line.remove();
  let day = null;
  let fresh = unreadFrom;
  parts.forEach((part, index) => {
    const node = nodes.get(part.number);
    if (dayOf(part.at) !== day) node.before(line("day", dayName(part.at)));
    day = dayOf(part.at);
    if (fresh !== null && part.number > fresh && part.kind !== "event" && part.author.id !== me.id) {
      node.before(line("fresh", t("new")));
      fresh = null;
    }
    node.toggleAttribute("data-joined", joined(part, parts[index + 1]));
  });
}

function line(kind, text) {
  const item = copy("day");
  item.className = kind;
  item.firstElementChild.textContent = text;
  return item;
}

/** Whether the next part goes on where this one ends, so that one line about both is enough. */
function joined(part, next) {
  if (!next || part.kind === "event" || next.kind !== part.kind) return false;
  const same = next.author.kind === part.author.kind && next.author.id === part.author.id;
  return same && Date.parse(next.at) - Date.parse(part.at) < TOGETHER && dayOf(next.at) === dayOf(part.at);
}
