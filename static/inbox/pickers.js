/** What one is asked when giving, moving, snoozing, labelling or merging. */
import { choices } from "./choices.js";
import { handle } from "./commands.js";
import { confirm } from "./confirm.js";
import { me } from "./data.js";
import { address, ask, desk } from "./desk.js";
import "./pick-popover.js";
import * as verbs from "./verbs.js";
import { ago, upcoming } from "./when.js";
import { t } from "./words.js";

const pick = document.getElementById("pick");
const menu = document.getElementById("more");
const opened = () => Boolean(verbs.current());

/** Ask beside the button that asked, or beside the one that would have. */
function question(id, shape) {
  handle(
    id,
    (from) => {
      const asks = (name) => document.querySelector(`.thread-head [data-command="${name}"]`);
      const anchor = from && !menu.contains(from) ? from : (asks(id) ?? asks("more"));
      if (menu.matches(":popover-open")) menu.hidePopover();
      pick.ask({ anchor, ...shape(verbs.current()) });
    },
    opened,
  );
}

question("assign", (row) => ({
  label: t("assign_to"),
  options: async () => {
    const { agents } = await choices();
    const mine = agents.filter((each) => each.id === me.id);
    const others = agents.filter((each) => each.id !== me.id).sort(present);
    return [...mine, ...others].map((agent) => seat(agent, row)).concat(row.assignee ? [nobody(row)] : []);
  },
}));

const ORDER = ["online", "away", "offline"];
const present = (a, b) => ORDER.indexOf(a.availability) - ORDER.indexOf(b.availability) || a.name.localeCompare(b.name);

function seat(agent, row) {
  const there = agent.availability === "online" ? t("n_open", { n: agent.open }) : t(agent.availability);
  const text = agent.id === me.id ? `${agent.name} (${t("you")})` : agent.name;
  const who = { id: agent.id, name: agent.name };
  return { text, hint: there, face: who, on: row.assignee?.id === agent.id, run: () => verbs.assign(row, who) };
}

const nobody = (row) => ({ text: t("nobody"), icon: "dashed", run: () => verbs.assign(row, null) });

question("team", (row) => ({
  label: t("move_to"),
  options: async () => {
    const { teams } = await choices();
    const all = teams.map(({ id, name, hint }) => ({ text: name, hint, icon: "team", on: row.team?.id === id, run: () => verbs.route(row, { id, name }) }));
    return row.team ? [...all, { text: t("no_team"), icon: "x", run: () => verbs.route(row, null) }] : all;
  },
}));

question("priority", (row) => ({
  label: t("priority"),
  options: async () =>
    ["urgent", "high", "normal", "low"].map((each) => ({
      text: t(`priority.${each}`),
      icon: "priority",
      on: row.priority === each,
      run: () => verbs.prioritise(row, each),
    })),
}));

/** One of a list of names, or none. */
const named = (field, list, set, none) => (row) => ({
  label: t(field),
  options: async () => {
    const all = (await choices())[list].map(({ id, name }) => ({ text: name, on: row[field]?.id === id, run: () => set(row, { id, name }) }));
    return row[field] ? [...all, { text: t(none), icon: "x", run: () => set(row, null) }] : all;
  },
});
question("topic", named("topic", "topics", verbs.setTopic, "clear_topic"));
question("status", named("status", "statuses", verbs.setStatus, "clear_status"));

question("tags", () => ({
  label: t("tags"),
  options: async () => {
    const { tags } = await choices();
    const row = verbs.current();
    const all = [...new Set([...row.tags, ...tags])];
    return all.map((name) => ({ text: name, icon: "tag", on: row.tags.includes(name), stays: true, run: () => verbs.toggleTag(verbs.current(), name) }));
  },
  more: (text, shown) =>
    shown.some((each) => each.text.toLocaleLowerCase() === text.toLocaleLowerCase())
      ? null
      : { text: t("new_tag", { name: text }), icon: "plus", stays: true, run: () => verbs.toggleTag(verbs.current(), text) },
}));

question("snooze", (row) => ({
  label: t("snooze"),
  options: async () => [
    { text: t("until_they_reply", { name: row.customer.name }), icon: "message", run: () => verbs.snooze(row, null) },
    ...times(new Date()).map(([word, at]) => ({
      text: t(word),
      hint: upcoming(at.toISOString()),
      icon: "clock",
      run: () => verbs.snooze(row, at.toISOString()),
    })),
  ],
  time: (at) => {
    if (at <= new Date()) return t("past");
    verbs.snooze(row, at.toISOString());
    return null;
  },
}));

/** The moments people mean. @param {Date} now @returns {[string, Date][]} */
function times(now) {
  const at = (days, hour) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const toSaturday = (6 - now.getDay() + 7) % 7;
  const later = new Date(now.getTime() + 3 * 3_600_000);
  later.setMinutes(Math.ceil(later.getMinutes() / 15) * 15, 0, 0);
  return [
    ...(later.getDate() === now.getDate() ? [["later_today", later]] : []),
    ...(now.getHours() < 17 ? [["this_evening", at(0, 18)]] : []),
    ["tomorrow", at(1, 9)],
    ...(toSaturday > 1 ? [["weekend", at(toSaturday, 9)]] : []),
    ["next_week", at(toMonday, 9)],
  ];
}

question("merge", (row) => ({
  label: t("merge_with"),
  none: t("merge_none", { name: row.customer.name }),
  options: async () => {
    const { rows } = await ask("GET", address(row.id, "siblings"));
    return rows.map((other) => ({
      text: `${other.reference} ${other.subject || other.snippet}`,
      hint: ago(other.at),
      run: () => sure(row, other),
    }));
  },
}));

async function sure(source, target) {
  const values = { source: source.reference, target: target.reference, name: source.customer.name };
  const answer = await confirm({ title: t("merge_title", values), more: t("merge_more", values), yes: t("merge") });
  if (answer) verbs.merge(source, target);
}

desk.addEventListener("open", () => pick.matches(":popover-open") && pick.hidePopover());
