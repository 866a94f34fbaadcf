/** How an entry of a thread looks: from history, live, or still on its way. */
import { me } from "./data.js";
import { copy, icon, part, show, write } from "./draw.js";
import { eventText, place } from "./events.js";
import { clock, exactly } from "./when.js";
import { t } from "./words.js";

const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\s){1,12}$/u;

/** The element for a part. @param {{part: object, names: string[]}} shown names of colleagues a note may call */
export function newPart(shown, names = []) {
  const item = shown.kind === "event" ? copy("event") : copy("part");
  drawPart(item, shown, names);
  return item;
}

/** Draw a part into its element, again if it changed. */
export function drawPart(item, shown, names = []) {
  item.dataset.kind = shown.kind;
  if (shown.number) item.dataset.number = shown.number;
  if (shown.kind === "event") return drawEvent(item, shown);
  item.dataset.by = shown.author.kind === "customer" ? "them" : "us";
  item.toggleAttribute("data-redacted", shown.redacted);
  const text = part(item, "text");
  if (shown.redacted) text.textContent = t("redacted");
  else write(text, shown.body, shown.kind === "note" ? names : []);
  text.toggleAttribute("data-emoji", !shown.redacted && EMOJI.test(shown.body) && /\p{Extended_Pictographic}/u.test(shown.body));
  drawFiles(part(item, "files"), shown.attachments ?? []);
  drawMeta(item, shown);
}

function drawEvent(item, shown) {
  part(item, "text").textContent = eventText(shown);
  const time = part(item, "at");
  time.dateTime = shown.at;
  time.textContent = clock(shown.at);
  time.title = exactly(shown.at);
  if (shown.event === "merged_from" && !item.querySelector("button")) item.append(unmergeButton(shown.data.from));
}

function unmergeButton(id) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.dataset.unmerge = id;
  button.textContent = t("unmerge");
  return button;
}

/** Author, time, and how far it got: "Anna · 09:43 · Read". */
export function drawMeta(item, shown, state = "") {
  const { author } = shown;
  const name = author.id === me.id && author.kind === "agent" ? t("you") : author.name || t("somebody");
  const time = document.createElement("time");
  time.dateTime = shown.at;
  time.textContent = clock(shown.at);
  time.title = exactly(shown.at);
  const words = shown.kind === "note" ? [t("note_by", { name }), time, t("only_team")] : [name, time];
  const page = place(shown.data?.page);
  if (page && shown.kind === "message") words.push(t("on_page", { page }));
  if (state) words.push(state);
  join(part(item, "meta"), words);
}

function join(element, words) {
  element.replaceChildren(...words.flatMap((word, index) => (index ? ["·", word] : [word])).map(wrapped));
}

function wrapped(word) {
  if (typeof word !== "string") return word;
  const span = document.createElement("span");
  span.textContent = word;
  return span;
}

function drawFiles(list, files) {
  list.replaceChildren(...files.map(newFile));
  show(list, files.length > 0);
}

function newFile(file) {
  const image = /^image\/(png|jpeg|gif|webp)$/.test(file.media_type) && !file.removed;
  const item = copy(image ? "image" : "file");
  const element = item.firstElementChild;
  element.file = file;
  if (image) sized(element.querySelector("img"), file);
  else {
    part(element, "name").textContent = file.removed ? t("file_removed", { name: file.name }) : file.name;
    part(element, "size").textContent = size(file.size);
    if (file.removed) icon(element.querySelector("svg"), "redact");
  }
  return item;
}

/** A box of its final size, so that nothing moves when the picture comes. */
function sized(image, file) {
  image.alt = file.name;
  if (!file.width || !file.height) return;
  const scale = Math.min(1, 320 / file.width, 240 / file.height);
  image.width = Math.round(file.width * scale);
  image.height = Math.round(file.height * scale);
}

const units = ["byte", "kilobyte", "megabyte"].map(
  (unit) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }),
);

export function size(bytes) {
  const step = bytes < 1_000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  return units[step].format(bytes / 1_000 ** step);
}
