/** Who else is here: faces in the head, and a line above the composer when somebody writes. */
import { me } from "./data.js";
import { desk } from "./desk.js";
import { icon, newFace } from "./draw.js";
import { LiveElement } from "./live-element.js";
import { t } from "./words.js";

const FADES = 6_000; // a typing sign whose end got lost

class CollisionLine extends LiveElement {
  #viewers = [];
  #customer = null;
  #timer = 0;

  connected() {
    this.faces = document.querySelector("[data-viewers]");
    this.on(desk, "open", this.#reset);
    this.on(desk, "down", this.#reset);
    this.on(desk, "presence", this.#present);
    this.on(desk, "typing", this.#typing);
    this.on(desk, "part", ({ part }) => part.author.kind === "customer" && this.#quiet());
  }

  disconnected() {
    clearTimeout(this.#timer);
  }

  #reset() {
    this.#viewers = [];
    this.#customer = null;
    this.#draw();
  }

  #present({ conversation, viewers }) {
    if (conversation !== desk.open) return;
    this.#viewers = viewers.filter((viewer) => viewer.id !== me.id);
    this.#draw();
  }

  #typing({ conversation, author, on, kind }) {
    if (conversation !== desk.open) return;
    if (author.kind === "customer") return on ? this.#writes(author) : this.#quiet();
    const viewer = this.#viewers.find((each) => each.id === author.id);
    if (!viewer) return;
    viewer.typing = on ? (kind ?? "message") : null;
    this.#draw();
  }

  #writes(author) {
    this.#customer = author;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#quiet(), FADES);
    this.#draw();
  }

  #quiet() {
    this.#customer = null;
    this.#draw();
  }

  #draw() {
    const writing = this.#viewers.find((viewer) => viewer.typing);
    const text = this.#words(writing);
    this.toggleAttribute("data-typing", Boolean(writing));
    if (text !== this.textContent) this.replaceChildren(...(text ? [...(writing ? [pen()] : []), text] : []));
    this.faces.replaceChildren(...this.#viewers.map(seat));
  }

  #words(writing) {
    if (writing) return t(writing.typing === "note" ? "is_noting" : "is_replying", { name: writing.name });
    if (this.#customer) return t("is_writing", { name: this.#customer.name });
    if (!this.#viewers.length) return "";
    const names = new Intl.ListFormat(document.documentElement.lang).format(this.#viewers.map((viewer) => viewer.name));
    return this.#viewers.length === 1 ? t("looking", { name: names }) : t("looking_many", { names });
  }
}

function pen() {
  const svg = document.getElementById("pill-template").content.querySelector("svg").cloneNode(true);
  return icon(svg, "pen");
}

function seat(viewer) {
  const item = document.createElement("li");
  item.toggleAttribute("data-typing", Boolean(viewer.typing));
  const face = newFace(viewer);
  face.role = "img";
  face.ariaHidden = null;
  face.ariaLabel = viewer.name;
  item.append(face);
  return item;
}

customElements.define("collision-line", CollisionLine);
