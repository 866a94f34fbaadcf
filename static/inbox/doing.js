/** What is done at a key's press, and the ways to what asks a question first; those are fetched when first wanted. */
import { handle, handleLater } from "./commands.js";
import { me } from "./data.js";
import { desk } from "./desk.js";
import { openAt } from "./popovers.js";
import { toast } from "./toasts.js";
import * as verbs from "./verbs.js";
import { t } from "./words.js";

const menu = document.getElementById("more");
const opened = () => Boolean(verbs.current());
const state = () => verbs.current()?.state;

handle("close", () => (state() === "closed" ? verbs.reopen(verbs.current()) : verbs.close(verbs.current())), opened);
handle("mine", () => verbs.claim(verbs.current()), () => opened() && verbs.current().assignee?.id !== me.id);
handle("follow", () => verbs.toggleFollow(verbs.current()), opened);
handle("more", (from) => openMenu(from), opened);

const later = (fetch) => () =>
  fetch().then(
    () => true,
    () => toast(t("offline_verb"), { bad: true }),
  );
const pickers = () => import("./pickers.js");
const picking = () => import("./part-picking.js");
handleLater(["assign", "team", "priority", "topic", "tags", "status", "snooze", "merge"], later(pickers), opened);
handleLater(["split", "redact"], later(picking), opened);
handleLater(["help"], later(() => import("./help-sheet.js")));

// Whoever has opened a conversation will want to do something with it, perhaps just when the line is down.
desk.addEventListener("thread", () => document.querySelector("triage-card") && import("./triage-card.js").catch(() => {}), { once: true });
desk.addEventListener("thread", () => setTimeout(() => Promise.all([pickers(), picking()]).catch(() => {}), 500), { once: true });

function openMenu(from) {
  openAt(menu, from ?? document.querySelector('.thread-head [data-command="more"]'));
  menu.querySelector("[role=menuitem]").focus();
}

menu.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("[role=menuitem]")];
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
});

menu.addEventListener("click", ({ target }) => {
  if (target.closest("[role=menuitem]") && menu.matches(":popover-open")) menu.hidePopover();
});
