/** Files on their way up: chips with progress below the text, checked before a byte is sent. */
import { data } from "./data.js";
import { copy, part as find } from "./draw.js";
import { size } from "./part.js";
import { t } from "./words.js";

const MOST = 10;

export class FileTray {
  #list;
  #complain;
  #files = new Map(); // chip → {meta: what the desk says of it, or null while it uploads}

  /** @param {HTMLElement} list @param {(text: string) => void} complain */
  constructor(list, complain) {
    this.#list = list;
    this.#complain = complain;
  }

  get uploading() {
    return [...this.#files.values()].some((file) => !file.meta);
  }

  get metas() {
    return [...this.#files.values()].map((file) => file.meta);
  }

  get size() {
    return this.#files.size;
  }

  /** Files were pasted or dropped; text goes its own way. */
  receive(event) {
    const files = [...((event.clipboardData ?? event.dataTransfer)?.files ?? [])];
    event.currentTarget.removeAttribute("data-dragging");
    if (!files.length) return;
    event.preventDefault();
    this.add(files);
  }

  hover(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.currentTarget.toggleAttribute("data-dragging", event.type === "dragover");
  }

  choose({ target }) {
    this.add(target.files);
    target.value = "";
  }

  /** @param {Iterable<File>} files */
  add(files) {
    for (const file of files) {
      if (this.#files.size >= MOST) return this.#complain(t("too_many", { n: MOST }));
      if (file.size > data.limits.file) {
        const limits = { name: file.name, size: size(file.size), limit: size(data.limits.file) };
        this.#complain(t("too_large", limits));
      } else this.#upload(file);
    }
  }

  clear() {
    for (const chip of this.#files.keys()) chip.remove();
    this.#files.clear();
  }

  #upload(file) {
    const chip = copy("chip");
    const progress = chip.querySelector("progress");
    const request = new XMLHttpRequest(); // fetch cannot say how far an upload is
    find(chip, "name").textContent = file.name;
    progress.ariaLabel = t("uploading", { name: file.name });
    const remove = find(chip, "remove");
    remove.ariaLabel = t("remove_file", { name: file.name });
    remove.addEventListener("click", () => {
      request.abort();
      this.#drop(chip);
    });
    this.#files.set(chip, { meta: null });
    this.#list.append(chip);
    request.upload.addEventListener("progress", (event) => (progress.value = event.loaded / event.total));
    request.addEventListener("load", () => this.#done(chip, file, request));
    request.addEventListener("error", () => this.#failed(chip, t("upload_failed", { name: file.name })));
    this.#send(request, file);
  }

  #send(request, file) {
    const form = new FormData();
    form.append("file", file, file.name || "image.png");
    request.open("POST", "/inbox/files");
    request.setRequestHeader("X-CSRFToken", data.csrf);
    request.responseType = "json";
    request.send(form);
  }

  #done(chip, file, request) {
    if (request.status !== 201) return this.#failed(chip, request.response?.error?.message ?? t("upload_failed", { name: file.name }));
    this.#files.set(chip, { meta: request.response });
    chip.querySelector("progress").remove();
  }

  #failed(chip, text) {
    this.#drop(chip);
    this.#complain(text);
  }

  #drop(chip) {
    this.#files.delete(chip);
    chip.remove();
  }
}
