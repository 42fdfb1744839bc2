/** The answer in what a model writes: without the reasoning that some put before it, between `<think>` and `</think>`. Pure. */

const BEGINS = '<think>';
const ENDS = '</think>';

/** Takes what is written in pieces of any size. Reasoning that never ends leaves no answer. */
export class AnswerText {
  #state: 'before' | 'reasoning' | 'answer' = 'before';
  /** Until the answer begins: what may be the first half of a mark. */
  #text = '';

  get text(): string {
    return this.#state === 'answer' ? this.#text : '';
  }

  add(piece: string): void {
    this.#text += piece;
    let changed = this.#state !== 'answer';
    while (changed) changed = this.#state === 'reasoning' ? this.#passReasoning() : this.#begin();
  }

  /** True when reasoning began. */
  #begin(): boolean {
    this.#text = this.#text.trimStart();
    if (this.#text.startsWith(BEGINS)) this.#state = 'reasoning';
    else if (!BEGINS.startsWith(this.#text)) this.#state = 'answer';
    return this.#state === 'reasoning';
  }

  /** True when it ended. */
  #passReasoning(): boolean {
    const end = this.#text.indexOf(ENDS);
    this.#text = this.#text.slice(end < 0 ? 1 - ENDS.length : end + ENDS.length);
    if (end >= 0) this.#state = 'before';
    return end >= 0;
  }
}

export function withoutReasoning(text: string): string {
  const answer = new AnswerText();
  answer.add(text);
  return answer.text;
}
