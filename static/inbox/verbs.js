/**
 * What can be done with a conversation. Each shows at once, is said with a way back, and is taken back with the reason when
 * the desk refuses it.
 */
import { clicked, toast } from "./toasts.js";
import { address, ask, desk } from "./desk.js";
import { me } from "./data.js";
import { open } from "./places.js";
import { upcoming } from "./when.js";
import { t } from "./words.js";

/** The open conversation's row. */
export const current = () => desk.row(desk.open);

const turns = new Map();

/** What is done quickly one after the other with a conversation reaches the desk in that order. */
function inTurn(id, work) {
  const turn = (turns.get(id) ?? Promise.resolve()).catch(() => {}).then(work);
  turns.set(id, turn);
  return turn.finally(() => turns.get(id) === turn && turns.delete(id));
}

/**
 * Ask the desk for one thing. @param {object} row as it was @param {{noun: string, method?: string, body?: object,
 * change?: object, text?: string, undo?: function, command?: string}} what `change` shows at once, `undo` goes back
 */
async function act(row, { noun, method = "POST", body, change = {}, text = "", undo = null, command = "" }) {
  desk.take([{ ...row, ...change }]);
  try {
    const answer = await inTurn(row.id, () => ask(method, address(row.id, noun), body));
    desk.take([answer.row, answer.other].filter(Boolean), answer.row ? [] : [row.id]);
    if (text) toast(text, { undo, command });
    return answer;
  } catch (problem) {
    restore(row, change);
    const action = desk.open !== row.id && { label: t("open_it", { reference: row.reference }), run: () => open(row.id) };
    toast(problem.message || t("offline_verb"), { bad: true, ...(action && { action }) });
    return null;
  }
}

/** Show what was before, as far as nobody has changed it since. */
function restore(row, change) {
  const now = desk.row(row.id);
  if (!now) return;
  const untouched = Object.keys(change).filter((key) => now[key] === change[key]);
  desk.take([{ ...now, ...Object.fromEntries(untouched.map((key) => [key, row[key]])) }]);
}

/** Again as `row` was: open, snoozed or closed. */
function backTo(row) {
  const now = desk.row(row.id) ?? row;
  if (row.state === "closed") return act(now, { noun: "closure", change: { state: "closed", waiting_since: null } });
  if (row.state === "snoozed") return snoozeOnly(now, row.snoozed_until);
  return act(now, { noun: "closure", method: "DELETE", change: { state: "open", waiting_since: row.waiting_since } });
}

const undone = (back) => async () => (await back()) && toast(t("undone"));

/** Go on to the next conversation, as the open one is done with. */
export function advance(id) {
  if (desk.open !== id) return;
  const list = document.querySelector("row-list");
  const narrow = document.querySelector(".panes").dataset.showing === "thread" && getComputedStyle(list).display === "none";
  const next = narrow ? null : list.moves.after(id);
  open(next);
  if (next) list.moves.focus(next);
}

/** Back to a conversation one had left. */
function reach(id) {
  open(id);
  document.querySelector("row-list").moves.focus(id);
}

export function close(row, { command = "close" } = {}) {
  const change = { state: "closed", waiting_since: null, snoozed_until: null };
  const undo = undone(() => (reach(row.id), backTo(row)));
  const body = { seen: row.last_number }; // a message that has just come is not closed away
  const done = act(row, { noun: "closure", body, change, text: t("closed"), undo, command });
  advance(row.id);
  return done;
}

export function reopen(row) {
  const change = { state: "open", snoozed_until: null };
  return act(row, { noun: "closure", method: "DELETE", change, text: t("reopened"), undo: undone(() => backTo(row)), command: "close" });
}

const snoozeOnly = (row, until, more = {}) =>
  act(row, { noun: "snooze", body: { until }, change: { state: "snoozed", snoozed_until: until, waiting_since: null }, ...more });

export function snooze(row, until) {
  const text = until ? t("snoozed_until", { time: upcoming(until) }) : t("snoozed_reply", { name: row.customer.name });
  const done = snoozeOnly(row, until, { text, undo: undone(() => (reach(row.id), backTo(row))), command: "snooze" });
  advance(row.id);
  return done;
}

export function claim(row) {
  const change = { assignee: { id: me.id, name: me.name } };
  return act(row, { noun: "claim", change, text: t("assigned_me"), undo: undone(() => giveTo(desk.row(row.id), row.assignee)), command: "mine" });
}

const giveTo = (row, to, more = {}) => act(row, { noun: "assignment", body: { to: to?.id ?? null }, change: { assignee: to }, ...more });

export function assign(row, to) {
  const text = !to ? t("assigned_nobody") : to.id === me.id ? t("assigned_me") : t("assigned_to", { name: to.name });
  return giveTo(row, to, { text, undo: undone(() => giveTo(desk.row(row.id) ?? row, row.assignee)), command: "assign" });
}

/** Verbs that set one thing to one value, and back. */
const setter = (noun, field, { key, text }) => {
  const put = (row, value, more = {}) => act(row, { noun, body: { [key]: value?.id ?? value }, change: { [field]: value }, ...more });
  return (row, value) => {
    const undo = undone(() => put(desk.row(row.id) ?? row, row[field]));
    return put(row, value, { text: text(value), undo, command: field });
  };
};

export const route = setter("team", "team", {
  key: "to",
  text: (team) => (team ? t("routed_to", { name: team.name }) : t("routed_nobody")),
});
export const prioritise = setter("priority", "priority", {
  key: "priority",
  text: (priority) => t("prioritised", { priority: t(`priority.${priority}`) }),
});
export const setTopic = setter("topic", "topic", {
  key: "topic",
  text: (topic) => (topic ? t("topic_set", { topic: topic.name }) : t("topic_cleared")),
});
export const setStatus = setter("status", "status", {
  key: "status",
  text: (status) => (status ? t("status_set", { status: status.name }) : t("status_cleared")),
});

export function toggleTag(row, name) {
  const had = row.tags.includes(name);
  const tags = had ? row.tags.filter((each) => each !== name) : [...row.tags, name];
  return act(row, { noun: "tags", method: had ? "DELETE" : "POST", body: { names: [name] }, change: { tags }, command: "tags" });
}

export function toggleFollow(row) {
  const following = !row.following;
  const text = t(following ? "following" : "unfollowed");
  return act(row, { noun: "follow", method: following ? "POST" : "DELETE", change: { following }, text, command: "follow" });
}

export async function merge(row, target) {
  const undo = undone(() => unmerge(row.id));
  const text = t("merged_into", { reference: target.reference });
  const done = await act(row, { noun: "merge", body: { into: target.id }, text, undo, command: "merge" });
  if (done && desk.open === row.id) open(target.id);
}

/** Take a conversation out of the one it was merged into. */
export async function unmerge(id) {
  try {
    const { row } = await ask("DELETE", address(id, "merge"));
    if (row) desk.take([row]);
    open(id);
    return row;
  } catch (problem) {
    toast(problem.message || t("offline_verb"), { bad: true });
    return null;
  }
}

export async function split(row, numbers) {
  const done = await act(row, { noun: "split", body: { numbers }, command: "split" });
  if (!done) return;
  const { id, reference } = done.other;
  toast(t("split_off", { reference }), { action: { label: t("open_it", { reference }), run: () => open(id) } });
}

export async function redact(row, numbers, why) {
  for (const number of numbers) {
    const done = await act(row, { noun: `parts/${number}/redaction`, body: { why } });
    if (!done) return;
  }
  toast(t("redacted_done"));
}

document.addEventListener("click", ({ target, detail }) => {
  const button = detail && target.closest?.("[data-command]");
  if (button) clicked(button.dataset.command);
});
