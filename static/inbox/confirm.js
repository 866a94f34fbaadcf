/** A question before what cannot be undone with one key. */
import { part as find, show } from "./draw.js";

const dialog = document.getElementById("sure");

/** @param {{title: string, more: string, yes: string, why?: string}} question @returns {Promise<?{why: string}>} null: no */
export function confirm({ title, more, yes, why = "" }) {
  find(dialog, "title").textContent = title;
  find(dialog, "more").textContent = more;
  const button = find(dialog, "yes");
  button.textContent = yes;
  button.classList.toggle("danger", Boolean(why));
  button.classList.toggle("main", !why);
  const field = find(dialog, "why");
  if (show(field, Boolean(why))) field.firstElementChild.textContent = why;
  const input = field.querySelector("input");
  input.value = "";
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((done) => {
    const finish = () => done(dialog.returnValue === "yes" ? { why: input.value.trim() } : null);
    dialog.addEventListener("close", finish, { once: true });
  });
}
