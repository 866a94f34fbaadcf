/** Conversations fetched ahead: opening one that was hovered or stands next is a mere swap. */
import { data } from "./data.js";
import { address, ask } from "./desk.js";

const FRESH = 30_000;
const held = new Map(); // id → {at, thread: Promise}

if (data.thread) held.set(data.thread.row.id, { at: Date.now(), thread: Promise.resolve(data.thread) });

function fetchThread(id) {
  const thread = ask("GET", address(id, "thread"));
  const entry = { at: Date.now(), thread };
  held.set(id, entry);
  thread.catch(() => held.get(id) === entry && held.delete(id));
  for (const [other, { at }] of held) if (Date.now() - at > FRESH) held.delete(other);
  return thread;
}

const warm = (id) => Date.now() - (held.get(id)?.at ?? 0) < FRESH;

/** Fetch it for later. */
export function prefetch(id) {
  if (!warm(id) && !navigator.connection?.saveData) fetchThread(id).catch(() => {});
}

/** Row, last parts and drafts of a conversation. What was fetched ahead is used once: the socket fills in the rest. */
export function load(id) {
  const thread = warm(id) ? held.get(id).thread : fetchThread(id);
  held.delete(id);
  return thread;
}
