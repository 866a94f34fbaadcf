/** A file of a message. Links to files are made for one reader and ten minutes, so one is fetched when it is needed. */
import { ask } from "./desk.js";
import { LiveElement } from "./live-element.js";

const GOOD_FOR = 9 * 60_000;

class FileLink extends LiveElement {
  #link = null;
  #at = 0;

  connected() {
    if (!this.file || this.file.removed) return;
    this.on(this, "click", this.#open);
    const image = this.querySelector("img");
    if (!image) return;
    this.watch = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#picture(image));
    this.watch.observe(this);
  }

  disconnected() {
    this.watch?.disconnect();
  }

  async #url() {
    if (Date.now() - this.#at > GOOD_FOR) {
      this.#link = (await ask("GET", `/inbox/files/${this.file.id}`)).url;
      this.#at = Date.now();
    }
    return this.#link;
  }

  async #picture(image) {
    this.watch.disconnect();
    try {
      image.src = `${await this.#url()}?thumbnail`;
    } catch {
      // It stays a box with its name; a click asks again.
    }
  }

  async #open(event) {
    event.preventDefault();
    const tab = window.open("", "_blank");
    try {
      const url = await this.#url();
      if (tab) {
        tab.opener = null;
        tab.location = url;
      }
    } catch {
      tab?.close();
    }
  }
}

customElements.define("file-link", FileLink);
