/** Drawing with the page's own templates: no string ever becomes markup. */
import { data } from "./data.js";

const HUES = 12;

/** A fresh copy of what `<template id=…-template>` holds. */
export const copy = (name) => document.getElementById(`${name}-template`).content.firstElementChild.cloneNode(true);

/** The element marked `data-name` in `root`. */
export const part = (root, name) => root.querySelector(`[data-${name}]`);

export function initials(name) {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  if (!words.length) return "?";
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends.map((word) => [...word][0]).join("").toLocaleUpperCase();
}

/** A colour for an id: `people/faces.py` does the same sum. */
export const hue = (key) => new TextEncoder().encode(String(key)).reduce((sum, byte) => sum + byte, 0) % HUES;

export function face(element, { name, id }) {
  element.textContent = initials(name);
  element.dataset.hue = hue(id ?? name);
  element.title = name;
  return element;
}

export function newFace(who, size = "s") {
  const element = document.createElement("span");
  element.className = `face ${size}`;
  element.ariaHidden = "true";
  return face(element, who);
}

export function icon(svg, name) {
  svg.firstElementChild.setAttribute("href", `${data.icons}#${name}`);
  svg.removeAttribute("hidden");
  return svg;
}

/** A pill with words, and a drawing if it has a name. */
export function pill(text, kind = "", drawing = "") {
  const element = copy("pill");
  if (kind) element.classList.add(kind);
  part(element, "text").textContent = text;
  if (drawing) icon(element.firstElementChild, drawing);
  return element;
}

/** Show or hide, and say which. */
export function show(element, on) {
  element.hidden = !on;
  return on;
}

const LINK = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g;

/** Text with its web addresses as links, and the given names (of people called in a note) standing out. */
export function write(element, text, names = []) {
  element.replaceChildren();
  let end = 0;
  for (const { index, 0: address } of text.matchAll(LINK)) {
    plain(element, text.slice(end, index), names);
    element.append(link(address));
    end = index + address.length;
  }
  plain(element, text.slice(end), names);
}

function link(address) {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer nofollow";
  anchor.textContent = address;
  return anchor;
}

function plain(element, text, names) {
  const name = names.find((each) => text.includes(`@${each}`));
  if (!name) return void (text && element.append(text));
  const at = text.indexOf(`@${name}`);
  const called = document.createElement("span");
  called.className = "mention";
  called.textContent = `@${name}`;
  plain(element, text.slice(0, at), names);
  element.append(called);
  plain(element, text.slice(at + name.length + 1), names);
}
