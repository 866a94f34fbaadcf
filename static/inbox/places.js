/** Where we are: a view, and a conversation beside it or none. The address bar says it, and Back undoes it. */
import { address, desk } from "./desk.js";

const titles = () => document.querySelector(".views");

/** Every view, in the order it stands on screen. */
export const views = () => [...titles().querySelectorAll("[data-view]")];

const url = () => (desk.open ? `${address(desk.open)}?in=${desk.view.slug}` : `/inbox/${desk.view.slug}/`);

/** Go to a view; whatever is open stays open on wide screens only while it belongs there, so we close it. */
export function goTo(slug, { push = true } = {}) {
  const link = views().find((each) => each.dataset.view === slug);
  if (!link) return;
  desk.view = { slug, order: link.dataset.order };
  desk.tell("view", desk.view);
  open(null, { push: false });
  if (push) history.pushState(null, "", url());
}

/** Open a conversation and go on in it, so that the list is free to move. */
export function enter(id) {
  open(id);
  document.querySelector("inbox-thread").focus();
}

/** Open a conversation, or none. */
export function open(id, { push = true } = {}) {
  if (desk.open === id) return;
  desk.open = id;
  desk.tell("open", id);
  if (push) history.pushState(null, "", url());
}

function arrive() {
  const id = location.pathname.match(/^\/inbox\/c\/([0-9a-f-]{36})\/$/)?.[1] ?? null;
  const slug = id ? new URLSearchParams(location.search).get("in") : location.pathname.split("/")[2];
  if (slug && slug !== desk.view.slug) goTo(slug, { push: false });
  open(id, { push: false });
}

addEventListener("popstate", arrive);
