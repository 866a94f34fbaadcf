/**
 * Writing: a reply or a note, never in doubt which. What is written is saved as a draft while one writes, and a message that
 * came meanwhile is pointed out before anything is sent past it.
 */
import { AskLine } from "./ask-line.js";
import { handle } from "./commands.js";
import { dress } from "./composer-kind.js";
import { me } from "./data.js";
import { desk } from "./desk.js";
import { Draft } from "./drafts.js";
import { part as find, show } from "./draw.js";
import { FileTray } from "./file-tray.js";
import { LiveElement } from "./live-element.js";
import { mentioned, Mentions } from "./mentions.js";
import { advance } from "./verbs.js";
import { since } from "./when.js";
import { t } from "./words.js";
import { uuid } from "../wire/outbox.js";

const TYPING = 3_000;
const LONGEST = 120; // characters of another device's draft shown in the question

class ReplyComposer extends LiveElement {
  #kind = "reply";
  #drafts = null;
  #seen = null; // last part there was when this text was begun
  #wasNote = false; // this text was written as a note
  #typed = 0;

  connected() {
    this.text = this.querySelector("textarea");
    this.thread = document.querySelector("inbox-thread");
    this.question = new AskLine(find(this, "ask"));
    this.tray = new FileTray(find(this, "tray"), (text) => this.#complain(text));
    this.mentions = new Mentions(this.text, () => this.#kind === "note");
    this.on(desk, "open", this.#close);
    this.on(desk, "thread", this.#open);
    this.on(desk, "edit", this.#edit);
    this.on(this.text, "input", this.#input);
    this.on(this.text, "blur", this.#rest);
    this.on(this.text, "keydown", this.#key);
    this.on(this.querySelector("form"), "submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.on(this, "paste drop", (event) => this.tray.receive(event));
    this.on(this, "dragover dragleave", (event) => this.tray.hover(event));
    this.on(find(this, "files"), "change", (event) => this.tray.choose(event));
    this.on(find(this, "mention"), "click", () => this.#insert("@"));
    this.on(window, "pagehide", () => this.#flush({ keepalive: true }));
    this.on(document, "visibilitychange", () => document.hidden && this.#flush({ keepalive: true }));
    this.#commands();
  }

  #commands() {
    const open = () => Boolean(this.#drafts);
    handle("reply", () => this.write("reply"), open);
    handle("note", () => this.write("note"), open);
    handle("attach", () => find(this, "files").click(), open);
    const writing = () => open() && this.contains(document.activeElement);
    handle("send", () => this.send(), writing);
    handle("send_and_close", () => this.send({ close: true }), writing);
  }

  // Which conversation, which kind

  #close() {
    this.#rest();
    this.#drafts = null;
    this.text.disabled = true; // until we know what was begun here before
    this.tray.clear();
    this.question.ask(null);
    this.#complain("");
    this.#say("");
    this.text.value = "";
  }

  #open({ row, drafts }) {
    const draft = (kind) => new Draft(row.id, kind, drafts[kind], (state, stored) => row.id === desk.open && this.#saved(kind, state, stored));
    this.#drafts = { reply: draft("reply"), note: draft("note") };
    this.#wasNote = false;
    this.text.disabled = false;
    this.#become(this.#drafts.note.body && !this.#drafts.reply.body ? "note" : "reply");
    this.#load();
  }

  #load() {
    this.text.value = this.#drafts[this.#kind].body;
    this.text.setSelectionRange(this.text.value.length, this.text.value.length);
    this.#seen = this.text.value ? this.#newest : null;
    this.#fit();
  }

  /** Start writing a reply or a note. */
  write(kind) {
    if (kind !== this.#kind) this.#switch(kind);
    this.text.focus();
  }

  /** What was written moves along, unless something was begun there as well. */
  #switch(kind) {
    const other = this.#drafts[kind];
    const carried = other.body ? "" : this.text.value;
    if (carried) this.#drafts[this.#kind].body = "";
    this.#wasNote = kind === "reply" && Boolean(carried.trim());
    this.#become(kind);
    this.question.ask(null);
    if (!carried) return this.#load();
    other.body = carried;
  }

  #become(kind) {
    this.#kind = kind;
    dress(this, kind, desk.row(desk.open)?.customer.name ?? "");
  }

  // Writing

  #input() {
    if (!this.#drafts) return;
    const { value } = this.text;
    if (!value) this.#seen = null;
    else this.#seen ??= this.#newest;
    this.#drafts[this.#kind].body = value;
    this.#complain("");
    this.#fit();
    this.mentions.look();
    this.#tellTyping(Boolean(value));
  }

  #tellTyping(on) {
    const now = Date.now();
    if (!desk.open || (on && now - this.#typed < TYPING) || (!on && !this.#typed)) return;
    this.#typed = on ? now : 0;
    desk.socket.send("typing", { conversation: desk.open, on, kind: this.#frameKind });
  }

  #rest() {
    this.#tellTyping(false);
    this.mentions.close();
    this.#flush();
  }

  #flush(options) {
    for (const draft of Object.values(this.#drafts ?? {})) draft.flush(options);
  }

  /** Browsers without `field-sizing` are helped to grow the field. */
  #fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.text.style.blockSize = "auto";
    this.text.style.blockSize = `${this.text.scrollHeight}px`;
  }

  #insert(text) {
    this.text.focus();
    this.text.setRangeText(text, this.text.selectionStart, this.text.selectionEnd, "end");
    this.#input();
  }

  #key(event) {
    if (this.mentions.key(event) || event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    this.thread.focus();
  }

  #saved(kind, state, stored) {
    if (state === "conflict") return this.#conflict(kind, stored);
    if (kind === this.#kind) this.#say({ saving: t("saving"), saved: t("saved"), kept: t("saved_here") }[state] ?? "");
  }

  #conflict(kind, stored) {
    const draft = this.#drafts?.[kind];
    if (!draft || kind !== this.#kind) return;
    const keep = () => draft.settle(this.text.value, stored);
    if (!stored.body) return keep();
    this.question.ask({
      text: t("conflict", { text: stored.body.slice(0, LONGEST) }),
      no: [t("keep_mine"), keep],
      yes: [
        t("use_other"),
        () => {
          draft.settle(stored.body, stored);
          this.#load();
        },
      ],
    });
  }

  // Sending

  get #frameKind() {
    return this.#kind === "note" ? "note" : "message";
  }

  get #newest() {
    return this.thread.timeline?.have ?? null;
  }

  /** A message by somebody else that came after this text was begun. */
  get #newer() {
    if (this.#seen === null) return null;
    const others = (part) => part.kind === "message" && part.number > this.#seen && part.author.id !== me.id;
    return this.thread.timeline.parts.findLast(others) ?? null;
  }

  send({ close = false } = {}) {
    const problem = this.#problem();
    if (problem) return this.#complain(problem);
    if (this.#kind === "reply" && this.#question(close)) return;
    this.#post(close);
  }

  #problem() {
    if (this.tray.uploading) return t("wait_for_files");
    if (!this.text.value.trim() && !this.tray.size) return t("write_something");
    return desk.outbox.full ? t("outbox_full") : "";
  }

  /** Whether something has to be asked before a reply goes out. */
  #question(close) {
    const newer = this.#newer;
    const name = desk.row(desk.open).customer.name;
    if (newer) {
      const values = { name: newer.author.name, ago: since(newer.at) };
      this.question.ask({
        text: t("newer_ask", values),
        no: [t("read_it"), () => this.#readIt()],
        yes: [t("send_anyway"), () => this.#post(close, { anyway: true })],
      });
    } else if (this.#wasNote) {
      const send = () => this.#post(close);
      this.question.ask({ text: t("was_note", { name }), no: [t("keep_note"), () => this.write("note")], yes: [t("send_to", { name }), send] });
    }
    return Boolean(newer || this.#wasNote);
  }

  #readIt() {
    this.#seen = this.#newest;
    this.thread.toEnd();
    this.text.focus();
  }

  #post(close, { anyway = false } = {}) {
    const note = this.#kind === "note";
    const frame = {
      client_id: uuid(),
      conversation: desk.open,
      kind: this.#frameKind,
      body: this.text.value.trim(),
      attachments: this.tray.metas.map((meta) => meta.id),
      files: this.tray.metas,
      ...(note ? { mentions: mentioned(this.text.value) } : { close, seen: anyway ? null : (this.#seen ?? this.#newest) }),
    };
    const draft = this.#drafts[this.#kind];
    this.text.value = "";
    this.#seen = null;
    this.#wasNote = false;
    this.tray.clear();
    this.question.ask(null);
    this.#fit();
    this.#tellTyping(false);
    this.text.focus();
    this.#say("");
    draft.sent();
    desk.outbox.add(frame); // at once: the tab may be closed in the next moment
    this.thread.toEnd();
    if (close && !note) advance(frame.conversation);
  }

  /** A message that could not be sent comes back to be written again. */
  #edit(frame) {
    if (frame.conversation !== desk.open || !this.#drafts) return;
    this.write(frame.kind === "note" ? "note" : "reply");
    this.text.value = [this.text.value, frame.body].filter(Boolean).join("\n\n");
    this.#input();
    this.#seen = this.#newest;
  }

  // Words

  #say(text) {
    find(this, "saved").textContent = text;
  }

  #complain(text) {
    const line = find(this, "wrong");
    line.textContent = text;
    show(line, Boolean(text));
  }
}

customElements.define("reply-composer", ReplyComposer);
