/** Files: on their way to the desk, and in the messages they came with. Loaded when the first one appears. */

const MOST = 10;
const LIFE = 9 * 60_000; // links are good for ten minutes
const place = new URL("files", location.href.replace(/[?#].*/, ""));

/** "48 KB" */
export function size(bytes) {
  const [value, unit] = bytes < 1e6 ? [Math.max(1, bytes / 1e3), "kilobyte"] : [bytes / 1e6, "megabyte"];
  const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: unit === "megabyte" ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(value);
}

const make = (tag, fields = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), fields);
  element.append(...children);
  return element;
};

/** Files being uploaded for the next message, each as a chip with its progress. */
export class Tray {
  #list;
  #tools;
  #problem;
  #files = [];

  constructor(list, tools, problem) {
    this.#list = list;
    this.#tools = tools;
    this.#problem = problem;
  }

  get isBusy() {
    return this.#files.some((file) => !file.id && !file.failed);
  }

  /** Ids of what has arrived. */
  get ready() {
    return this.#files.filter((file) => file.id).map((file) => file.id);
  }

  add(chosen) {
    const { say, maxBytes } = this.#tools;
    for (const blob of chosen) {
      const name = blob.name || "image.png";
      if (this.#files.length >= MOST) return this.#problem(say("too_many"));
      if (!blob.size) this.#problem(say("empty_file", { name }));
      else if (blob.size > maxBytes) this.#problem(say("too_big", { name, size: size(blob.size), limit: size(maxBytes) }));
      else this.#begin({ blob, name, id: null, failed: false, chip: make("li") });
    }
  }

  clear() {
    for (const file of this.#files) file.request?.abort();
    this.#files = [];
    this.#list.replaceChildren();
    this.#list.hidden = true;
  }

  #begin(file) {
    this.#files.push(file);
    this.#list.append(file.chip);
    this.#list.hidden = false;
    this.#upload(file);
  }

  #upload(file) {
    const request = (file.request = new XMLHttpRequest()), form = new FormData();
    form.append("file", file.blob, file.name);
    Object.assign(file, { failed: false, share: 0 });
    request.open("POST", place);
    for (const [name, value] of Object.entries(this.#tools.desk.authorization)) request.setRequestHeader(name, value);
    request.setRequestHeader("Accept-Language", document.documentElement.lang);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => this.#draw(file, { share: loaded / total });
    request.onload = () => this.#arrived(file, request);
    request.onerror = () => this.#draw(file, { failed: true });
    request.send(form);
    this.#draw(file);
  }

  #arrived(file, { status, response }) {
    if (status === 201) return this.#draw(file, { id: response.id });
    this.#problem(response?.error?.message ?? this.#tools.say("upload_failed", file));
    if (status >= 500 || status === 429) this.#draw(file, { failed: true });
    else this.#remove(file); // it would be refused again
  }

  #draw(file, changes = {}) {
    Object.assign(file, changes);
    const { say } = this.#tools, { chip, name, id, failed, share } = file, percent = Math.round(share * 100);
    const word = failed ? "upload_failed" : id ? "uploaded" : "uploading";
    chip.replaceChildren(make("span", { textContent: name, title: say(word, { name, percent }) }));
    if (!id && !failed) chip.append(make("progress", { max: 1, value: share, ariaLabel: say(word, { name, percent }) }));
    if (failed) chip.append(this.#button("retry", "↻", file, () => this.#upload(file)));
    chip.append(this.#button("remove", "×", file, () => this.#remove(file)));
    chip.toggleAttribute("data-failed", failed);
  }

  #button(word, sign, { name }, act) {
    const button = make("button", { type: "button", textContent: sign, ariaLabel: this.#tools.say(word, { name }) });
    button.addEventListener("click", act);
    return button;
  }

  #remove(file) {
    file.request.abort();
    this.#files = this.#files.filter((other) => other !== file);
    file.chip.remove();
    this.#list.hidden = !this.#files.length;
  }
}

/** Draw a message's attachments into its bubble. */
export function show(bubble, attachments, tools) {
  bubble.querySelector(".files")?.remove();
  bubble.append(make("div", { className: "files" }, ...attachments.map((file) => draw(file, tools))));
}

function draw(file, tools) {
  if (file.removed) return make("p", { textContent: tools.say("gone") });
  return file.media_type.startsWith("image/") && file.width ? picture(file, tools) : download(file, tools);
}

function picture(file, tools) {
  const { id, name, width, height } = file;
  const image = make("img", { alt: name, width, height, decoding: "async" });
  const button = make("button", { type: "button", className: "picture" }, image);
  link(id, tools).then((url) => (image.src = url + "?thumbnail"), () => button.replaceWith(tools.say("gone")));
  button.addEventListener("click", async () => {
    const [{ open }, url] = await Promise.all([import("./lightbox.js"), link(id, tools)]);
    open(url, name, button);
  });
  return button;
}

function download({ id, name, size: bytes }, tools) {
  const anchor = make("a", { download: name, target: "_blank", rel: "noopener" }, name, make("small", { textContent: size(bytes) }));
  let until = 0;
  const refresh = async () => {
    anchor.href = await link(id, tools);
    until = Date.now() + LIFE;
  };
  anchor.addEventListener("click", async (event) => {
    if (Date.now() < until) return;
    event.preventDefault();
    await refresh();
    anchor.click();
  });
  refresh().catch(() => anchor.replaceWith(tools.say("gone")));
  return anchor;
}

/** A link to a file for the next ten minutes. */
async function link(id, { desk }) {
  const answer = await fetch(`${place}/${id}`, { headers: desk.authorization });
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()).url;
}
