/** Events in words. */
import { upcoming } from "./when.js";
import { said, t } from "./words.js";

const name = (thing) => thing?.name;

/** What distinguishes an event beyond its name: each gives the key's ending and the words to fill in. */
const SHAPES = {
  snoozed: ({ until }) => [until ? "" : "reply", { until: until && upcoming(until) }],
  assigned: ({ to, was }, by) => [!to ? "nobody" : to.id === by.id ? "self" : "", { to: name(to), was: name(was) }],
  routed: ({ to }) => [to ? "" : "nobody", { to: name(to) }],
  prioritised: ({ priority }) => ["", { priority: t(`priority.${priority}`) }],
  topic_set: ({ topic }) => [topic ? "" : "none", { topic: name(topic) }],
  status_set: ({ status }) => [status ? "" : "none", { status: name(status) }],
  tagged: (data) => ["", { tags: tags(data) }],
  untagged: (data) => ["", { tags: tags(data) }],
  merged: (data) => ["", { into: data.into_reference }],
  merged_from: (data) => ["", { from: data.from_reference }],
  unmerged: (data) => [data.from ? "target" : "", { from: data.from_reference }],
  split: (data) => ["", { into: data.into_reference }],
  split_from: (data) => ["", { from: data.from_reference }],
};

const tags = (data) => new Intl.ListFormat(document.documentElement.lang).format(data.tags);

/** Where a page is, without its host. */
export function place(page) {
  try {
    return decodeURI(new URL(page?.url).pathname);
  } catch {
    return "";
  }
}

/** One sentence: who, what, and why where the desk says so. */
export function eventText({ event, author, data }) {
  const [ending, values] = SHAPES[event]?.(data, author) ?? ["", {}];
  const by = author.kind === "system" ? "Parley" : author.name || t("somebody");
  const keys = [`event.${event}.${data.why}`, `event.${event}.${ending}`, `event.${event}`];
  const key = keys.find(said) ?? "event.other";
  const text = t(key, { by, event, ...values });
  return data.why && key !== keys[0] ? t("because", { event: text, why: data.why }) : text;
}
