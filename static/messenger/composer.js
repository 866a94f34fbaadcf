/** Where a message is written: text, draft, files, emoji. */

const TYPING_EVERY = 3_000;
const MAX_LENGTH = 10_000;

export class Composer {
  #form;
  #text;
  #tools;
  #conversation = null;
  #typed = 0;
  #tray = null;

  constructor(form, tools) {
    this.#form = form;
    this.#text = form.elements.text;
    this.#tools = tools;
    for (const type of ["submit", "keydown", "input", "focusout", "click", "paste", "change"])
      form.addEventListener(type, (event) => this[`on_${type}`](event));
    const thread = form.parentElement;
    for (const type of ["dragover", "dragleave", "drop"]) thread.addEventListener(type, (event) => this.on_drag(event, thread));
  }

  open(conversation) {
    this.#conversation = conversation;
    this.#text.value = this.#tools.desk.recall("draft:" + conversation, true) ?? "";
    this.#problem("");
    this.#grow();
  }

  leave() {
    this.#stopTyping();
    this.#menu(false);
    this.#tray?.clear();
  }

  /** Text that could not be sent comes back, unless something else stands there by now. */
  give(text) {
    if (!this.#text.value) this.#text.value = text;
    this.on_input();
    this.#text.focus();
  }

  insert(text) {
    this.#text.focus();
    this.#text.setRangeText(text, this.#text.selectionStart, this.#text.selectionEnd, "end");
    this.on_input();
  }

  on_submit(event) {
    event.preventDefault();
    const { desk, say } = this.#tools, body = this.#text.value.trim(), files = this.#tray?.ready ?? [];
    if (this.#tray?.isBusy) return this.#problem(say("busy"));
    if (desk.outbox.full) return this.#problem(say("full"));
    if (!body && !files.length) return;
    if ([...body].length > MAX_LENGTH) return this.#problem(say("too_long", { count: [...body].length }));
    this.#problem("");
    this.#stopTyping();
    this.#text.value = "";
    this.#tray?.clear();
    desk.keep("draft:" + this.#conversation, null, true);
    desk.keep("fresh", null, true);
    desk.send(this.#conversation, body, files);
    this.#grow();
    this.#text.focus();
  }

  on_keydown(event) {
    if (event.key === "Escape" && !this.#form.querySelector(".menu").hidden) {
      event.stopPropagation();
      this.#menu(false);
      this.#form.querySelector("[data-attach]").focus();
    }
    // Enter that ends an input method's word sends nothing; Safari tells only by the old key code.
    const isEnter = event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
    if (!isEnter || event.target !== this.#text || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  on_input() {
    const { desk } = this.#tools, text = this.#text.value;
    desk.keep("draft:" + this.#conversation, text || null, true);
    this.#grow();
    if (!text) this.#stopTyping();
    else if (Date.now() - this.#typed > TYPING_EVERY) {
      this.#typed = Date.now();
      desk.typing(this.#conversation, true);
    }
  }

  on_focusout({ relatedTarget }) {
    if (this.#form.contains(relatedTarget)) return;
    this.#stopTyping();
    if (relatedTarget) this.#menu(false);
  }

  on_click({ target }) {
    const button = target.closest("button"), files = this.#form.querySelector("[data-files]");
    if (button?.matches("[data-attach]")) return this.#menu(this.#form.querySelector(".menu").hidden);
    if (button?.matches("[data-pick], [data-camera]")) {
      files.toggleAttribute("capture", button.matches("[data-camera]"));
      files.accept = button.matches("[data-camera]") ? "image/*" : "";
      files.click();
    }
    if (button?.matches("[data-emoji]")) import("./emoji.js").then(({ toggle }) => toggle(button, (emoji) => this.insert(emoji)));
    this.#menu(false);
  }

  on_change({ target }) {
    if (!target.files) return;
    this.#attach([...target.files]);
    target.value = "";
  }

  on_paste(event) {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    this.#attach(files);
  }

  on_drag(event, thread) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    thread.toggleAttribute("data-dropping", event.type === "dragover");
    if (event.type === "drop") this.#attach([...event.dataTransfer.files]);
  }

  async #attach(files) {
    const { Tray } = await import("./files.js");
    this.#tray ??= new Tray(this.#form.querySelector("[data-chips]"), this.#tools, (text) => this.#problem(text));
    this.#problem("");
    this.#tray.add(files);
    this.#text.focus();
  }

  #menu(isOpen) {
    this.#form.querySelector(".menu").hidden = !isOpen;
    this.#form.querySelector("[data-attach]").setAttribute("aria-expanded", isOpen);
    if (isOpen) this.#form.querySelector(".menu button").focus();
  }

  #problem(text) {
    const line = this.#form.querySelector("[data-problem]");
    line.textContent = text;
    line.hidden = !text;
  }

  #stopTyping() {
    if (this.#typed) this.#tools.desk.typing(this.#conversation, false);
    this.#typed = 0;
  }

  /** For browsers that cannot do it themselves (`field-sizing`). */
  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#text.style.blockSize = "auto";
    this.#text.style.blockSize = this.#text.scrollHeight + "px";
  }
}
