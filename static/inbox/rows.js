/** Which rows a view holds and in which order. The server decides the same in `conversations/lists.py`. */
import { me } from "./data.js";

const key = (row) => Number(row.reference.slice(1));

const ORDERS = {
  waiting: (a, b) => Date.parse(a.waiting_since) - Date.parse(b.waiting_since) || key(a) - key(b),
  newest: (a, b) => Date.parse(b.at) - Date.parse(a.at) || key(b) - key(a),
};

const HOLDS = {
  waiting: (row) => row.state === "open" && row.waiting_since,
  mine: (row) => row.state === "open" && row.assignee?.id === me.id,
  unassigned: (row) => row.state === "open" && !row.assignee,
  mentions: (row) => row.state !== "closed" && row.mentioned,
  all: (row) => row.state === "open",
  snoozed: (row) => row.state === "snoozed",
  closed: (row) => row.state === "closed",
};

/** @returns {(a: object, b: object) => number} */
export const order = (view) => ORDERS[view.order];

/** Whether `row` belongs in `view`. */
export function holds(view, row) {
  const test = HOLDS[view.slug];
  if (test) return Boolean(test(row));
  return row.state === "open" && view.slug === `team-${row.team?.id}`;
}

/** Somebody else wrote what I have not seen. */
export const unread = (row) => row.state !== "closed" && row.last_number > row.read && row.snippet_by !== "agent";
