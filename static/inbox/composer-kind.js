/** How the composer looks and what it says, so that nobody takes a note for a reply. */
import { choices } from "./choices.js";
import { labelButtons } from "./commands.js";
import { part as find, show } from "./draw.js";
import { t } from "./words.js";

/** @param {HTMLElement} composer @param {"reply"|"note"} kind @param {string} name the customer's */
export function dress(composer, kind, name) {
  const note = kind === "note";
  const text = composer.querySelector("textarea");
  composer.dataset.kind = kind;
  for (const button of composer.querySelectorAll("[data-kind-button]")) button.ariaPressed = String(button.dataset.kindButton === kind);
  show(find(composer, "private"), note);
  show(find(composer, "mention"), note);
  text.ariaLabel = note ? t("note_label") : t("reply_to", { name });
  text.placeholder = note ? t("write_note", { name }) : t("write_to", { name });
  find(find(composer, "send"), "word").textContent = t(note ? "add_note" : "send_reply");
  labelButtons(composer);
  if (note) choices().catch(() => {});
}
