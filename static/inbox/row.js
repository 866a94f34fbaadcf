/** How a conversation looks in the list. */
import { copy, face, newFace, part, pill } from "./draw.js";
import { address, desk } from "./desk.js";
import { unread } from "./rows.js";
import { age, ago, upcoming } from "./when.js";
import { t } from "./words.js";

const PILLS = 2; // never more: late, private, then what it is about

/** A new row. */
export function newRow(row) {
  const item = copy("row");
  item.dataset.id = row.id;
  item.firstElementChild.dataset.row = row.id;
  drawRow(item, row);
  return item;
}

/** Draw `row` into the `<li>` that stands for it; `ghost` says why it is about to leave. */
export function drawRow(item, row, ghost = null) {
  const link = item.firstElementChild;
  link.href = `${address(row.id)}?in=${desk.view.slug}`;
  link.toggleAttribute("data-unread", unread(row));
  link.toggleAttribute("data-ghost", Boolean(ghost));
  face(part(link, "face"), row.customer);
  part(link, "name").textContent = row.customer.name;
  age(part(link, "at"), desk.view.order === "waiting" ? row.waiting_since ?? row.at : row.at);
  part(link, "snippet").textContent = snippet(row);
  const pills = ghost ? [pill(ghost)] : facts(row).slice(0, PILLS);
  part(link, "meta").replaceChildren(...pills, ...(row.assignee ? [newFace(row.assignee)] : []));
  link.ariaLabel = spoken(row, ghost);
}

function snippet(row) {
  if (row.snippet_by !== "agent") return row.snippet;
  return t("agent_wrote", { text: row.snippet });
}

function facts(row) {
  return [
    row.draft && pill(t("draft"), "note", "pen"),
    row.state === "snoozed" && pill(sleeping(row), "", "snooze"),
    row.priority === "urgent" && pill(t("priority.urgent"), "bad", "priority"),
    row.priority === "high" && pill(t("priority.high"), "warn", "priority"),
    row.status && pill(row.status.name),
    row.topic && pill(row.topic.name),
    row.team && !desk.view.slug.startsWith("team-") && pill(row.team.name),
    ...row.tags.map((tag) => pill(tag)),
  ].filter(Boolean);
}

const sleeping = (row) => (row.snoozed_until ? t("until", { time: upcoming(row.snoozed_until) }) : t("until_reply"));

function spoken(row, ghost) {
  return [
    row.customer.name,
    ghost,
    row.topic?.name,
    row.snippet,
    row.waiting_since ? t("waiting", { time: ago(row.waiting_since) }) : ago(row.at),
    unread(row) && t("unread"),
    row.draft && t("draft"),
    row.assignee?.name,
  ]
    .filter(Boolean)
    .join(", ");
}

/** Why a row that stood in the view does not belong there any more. */
export function leaving(row, before) {
  if (!row) return t("left_gone");
  if (row.state !== before.state) return t({ closed: "left_closed", snoozed: "left_snoozed", open: "left_reopened" }[row.state]);
  if (row.assignee?.id !== before.assignee?.id)
    return row.assignee ? t("left_assigned", { name: row.assignee.name }) : t("left_unassigned");
  if (row.team?.id !== before.team?.id && row.team) return t("left_routed", { name: row.team.name });
  return t("left_answered");
}
