/** Choosing messages of a thread: to move them to a conversation of their own, or to remove them. */
import { handle } from "./commands.js";
import { confirm } from "./confirm.js";
import { desk } from "./desk.js";
import { part as find, show } from "./draw.js";
import { clock } from "./when.js";
import { t } from "./words.js";
import * as verbs from "./verbs.js";

const thread = document.querySelector("inbox-thread");
const bar = find(thread, "pick-bar");
const PURPOSES = {
  split: { hint: "choose_split", word: "do_split", fits: (part) => part.kind !== "event" && !part.redacted, run: (row, numbers) => verbs.split(row, numbers) },
  redact: { hint: "choose_redact", word: "do_redact", fits: (part) => part.kind !== "event" && !part.redacted, run: remove },
};
let purpose = null;

async function remove(row, numbers) {
  const answer = await confirm({ title: t("redact_title"), more: t("redact_more"), yes: t("remove"), why: t("redact_why") });
  if (answer) await verbs.redact(row, numbers, answer.why);
}

function begin(name) {
  end();
  purpose = PURPOSES[name];
  thread.classList.add("picking");
  for (const { shown, node } of thread.shown) if (purpose.fits(shown)) node.prepend(tick(shown));
  find(bar, "pick-do").textContent = t(purpose.word);
  show(bar, true);
  count();
  [...thread.querySelectorAll(".tick")].at(-1)?.focus();
}

function tick(shown) {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.className = "tick";
  box.value = shown.number;
  box.ariaLabel = t("select_part", { name: shown.author.name, time: clock(shown.at) });
  box.addEventListener("change", count);
  return box;
}

const chosen = () => [...thread.querySelectorAll(".tick:checked")].map((box) => Number(box.value));

function count() {
  const n = chosen().length;
  find(bar, "picked").textContent = n ? t("selected", { n }) : t(purpose.hint);
  find(bar, "pick-do").disabled = !n;
}

function end() {
  purpose = null;
  thread.classList.remove("picking");
  for (const box of thread.querySelectorAll(".tick")) box.remove();
  show(bar, false);
}

find(bar, "pick-cancel").addEventListener("click", () => {
  end();
  thread.focus();
});
find(bar, "pick-do").addEventListener("click", async () => {
  const [{ run }, numbers, row] = [purpose, chosen(), verbs.current()];
  await run(row, numbers);
  end();
});
thread.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !purpose) return;
  event.preventDefault();
  end();
  thread.focus();
});
desk.addEventListener("open", end);

for (const name of Object.keys(PURPOSES)) handle(name, () => begin(name), () => Boolean(verbs.current()));
