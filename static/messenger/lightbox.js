/** A picture on the whole screen. */

export function open(url, name, opener) {
  const dialog = document.createElement("dialog"), image = document.createElement("img"), button = document.createElement("button");
  Object.assign(dialog, { className: "lightbox", ariaLabel: name });
  Object.assign(image, { src: url, alt: name });
  Object.assign(button, { type: "button", textContent: "×", ariaLabel: document.querySelector("[data-back]").ariaLabel });
  dialog.append(image, button);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // Escape closes the picture, not the chat
  dialog.addEventListener("close", () => {
    dialog.remove();
    opener.focus();
  });
  document.querySelector("parley-messenger").append(dialog);
  dialog.showModal();
}
