/** Agents, teams, topics, statuses and tags to pick from. Fetched when first needed, and again when they may have changed. */
import { ask } from "./desk.js";

const FRESH = 60_000;

let at = 0;
let known = null;

/** @returns {Promise<{agents: object[], teams: object[], topics: object[], statuses: object[], tags: string[]}>} */
export async function choices() {
  if (!known || Date.now() - at > FRESH) {
    at = Date.now();
    const asked = ask("GET", "/inbox/choices/");
    known = { ...(known ?? {}), ...(await asked.catch((problem) => (known ? {} : Promise.reject(problem)))) };
  }
  return known;
}

/** Whoever a note may call, as far as we know them yet: longest names first, so that none hides in another. */
export function called() {
  const agents = (known?.agents ?? []).map((each) => ({ ...each, key: `agent:${each.id}` }));
  const teams = (known?.teams ?? []).map((each) => ({ ...each, key: `team:${each.id}` }));
  return [...agents, ...teams].sort((a, b) => b.name.length - a.name.length);
}

// Names in notes stand out once we know them; nothing waits for that.
setTimeout(() => choices().catch(() => {}), 1_000);

export const colleagues = () => called().map((each) => each.name);
