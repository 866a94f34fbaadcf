/** Messages of ours that the desk has not confirmed yet, below the thread. */
import { me } from "./data.js";
import { desk } from "./desk.js";
import { part as find } from "./draw.js";
import { drawMeta, newPart } from "./part.js";
import { t } from "./words.js";

const STATES = { waiting: "waiting_for_line", sending: "sending", failed: "not_sent", refused: "not_sent" };

/** Draw what waits for `conversation`; called again whenever the outbox changes. */
export function drawPending(list, conversation) {
  const entries = desk.outbox.entries.filter(({ frame }) => frame.conversation === conversation);
  const drawn = new Map([...list.querySelectorAll("[data-pending]")].map((node) => [node.dataset.pending, node]));
  for (const entry of entries) {
    const id = entry.frame.client_id;
    const node = drawn.get(id) ?? create(list, entry);
    drawn.delete(id);
    say(node, entry);
  }
  for (const node of drawn.values()) node.remove();
}

const shape = ({ frame, at }) => ({
  kind: frame.kind,
  body: frame.body,
  attachments: frame.files ?? [],
  author: { kind: "agent", id: me.id, name: me.name },
  at: new Date(at).toISOString(),
  redacted: false,
});

function create(list, entry) {
  const node = newPart(shape(entry));
  node.dataset.pending = entry.frame.client_id;
  list.append(node);
  return node;
}

function say(node, entry) {
  const failed = entry.state === "failed" || entry.state === "refused";
  node.toggleAttribute("data-failed", failed);
  drawMeta(node, shape(entry), entry.error?.message && failed ? entry.error.message : t(STATES[entry.state]));
  if (!failed) return;
  const again = entry.error?.code === "newer_message" ? "send_anyway" : "try_again";
  find(node, "meta").append(button(again, () => retry(entry)), button("edit", () => edit(entry)), button("discard", () => drop(entry)));
}

function button(word, run) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = t(word);
  element.addEventListener("click", run);
  return element;
}

function retry(entry) {
  delete entry.frame.seen;
  desk.outbox.retry(entry.frame.client_id);
}

const drop = (entry) => desk.outbox.drop(entry.frame.client_id);

/** Back into the composer, to be written again. */
function edit(entry) {
  desk.tell("edit", entry.frame);
  drop(entry);
}
