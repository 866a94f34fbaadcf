/** Pages of a view from the desk: one request at a time, given up when another view is asked for. */
import { ask } from "./desk.js";

export class ListPages {
  #loading = null;

  get loading() {
    return Boolean(this.#loading);
  }

  stop() {
    this.#loading?.abort();
  }

  /** @param {{slug: string}} view @param {{after?: string, before?: string}} where @returns {Promise<?object>} null: given up */
  async get(view, where = {}) {
    const loading = (this.#loading = new AbortController());
    const query = new URLSearchParams(where);
    try {
      return await ask("GET", `/inbox/${view.slug}/rows/?${query}`, undefined, { signal: loading.signal });
    } catch (problem) {
      if (loading.signal.aborted) return null;
      throw problem;
    } finally {
      if (this.#loading === loading) this.#loading = null;
    }
  }

  /** The first `pages` pages in one list, for looking again at all that is shown. */
  async all(view, pages) {
    const rows = [];
    for (let page = null; pages > 0; pages--) {
      page = await this.get(view, page ? { after: page.last } : {});
      if (!page) return null;
      rows.push(...page.rows);
      if (!page.more) break;
    }
    return rows;
  }
}
