/** Sentences in the reader's language. They come with the page: translating is the server's business. */
import { data } from "./data.js";

const plural = new Intl.PluralRules(document.documentElement.lang);

/** The sentence called `key`, with `{name}` filled in from `values`; `n` also chooses between one and many. */
export function t(key, values = {}) {
  const text = data.words[key] ?? data.words[`${key}.${plural.select(values.n)}`] ?? data.words[`${key}.other`] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Whether there is such a sentence. */
export const said = (key) => key in data.words;
