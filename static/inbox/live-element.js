/** An element whose listeners end with it. */
export class LiveElement extends HTMLElement {
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    this.connected();
  }

  disconnectedCallback() {
    this.#life.abort();
    this.disconnected();
  }

  /** What to open when it enters the page; `disconnected` closes what `on` cannot. */
  connected() {}
  disconnected() {}

  /**
   * Listen for as long as the element is in the page. @param {string} names separated by spaces
   * @param {function} handler gets the detail of our own events, and those of the browser themselves
   */
  on(target, names, handler, options = {}) {
    for (const name of names.split(" ")) {
      target.addEventListener(name, (event) => handler.call(this, event instanceof CustomEvent ? event.detail : event), {
        ...options,
        signal: this.#life.signal,
      });
    }
  }
}
