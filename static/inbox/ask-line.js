/** One question above the text, with two answers. */
import { part as find, show } from "./draw.js";

export class AskLine {
  #box;

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
  }

  /** @param {?{text: string, no: [string, function], yes: [string, function]}} question null: there is none any more */
  ask(question) {
    if (!show(this.#box, Boolean(question))) return;
    find(this.#box, "ask-text").textContent = question.text;
    for (const side of ["no", "yes"]) this.#answer(find(this.#box, `ask-${side}`), ...question[side]);
    find(this.#box, "ask-no").focus();
  }

  #answer(button, word, run) {
    button.textContent = word;
    button.onclick = () => {
      show(this.#box, false);
      run();
    };
  }
}
