/** The list of variables under a text that is being written: what fits, and which one is marked. */
import { beingWritten, type Known } from '../model/variables';

const most = 8;

export class Completing {
  #open = $state(false);
  #marked = $state(0);
  #options = $state.raw<readonly Known[]>([]);
  #from = 0;

  get options(): readonly Known[] {
    return this.#open ? this.#options : [];
  }

  get marked(): number {
    return this.#marked;
  }

  /** The text up to the caret is now this. */
  written(before: string, variables: readonly Known[], expression: boolean): void {
    const writing = beingWritten(before, expression);
    const fitting = writing ? fit(writing.word, variables) : [];
    const done = fitting.length === 1 && fitting[0]?.name === writing?.word;
    this.#options = fitting;
    this.#from = writing?.from ?? 0;
    this.#marked = 0;
    this.#open = fitting.length > 0 && !done && (!expression || writing?.word !== '');
  }

  mark(by: 1 | -1): void {
    this.#marked = (this.#marked + by + this.#options.length) % this.#options.length;
  }

  close(): void {
    this.#open = false;
  }

  /** The text with the variable in it, and where the caret stands then. */
  taken(known: Known, whole: string, caret: number, expression: boolean): { text: string; caret: number } {
    this.close();
    const after = whole.slice(caret);
    const closing = expression || /^[^{]*\}\}/.test(after) ? '' : ' }}';
    const before = whole.slice(0, this.#from) + known.name;
    return { text: before + closing + after, caret: before.length + closing.length };
  }
}

function fit(word: string, variables: readonly Known[]): readonly Known[] {
  const sought = word.toLowerCase();
  const begins = variables.filter((one) => one.name.toLowerCase().startsWith(sought));
  const holds = variables.filter((one) => !begins.includes(one) && one.name.toLowerCase().includes(sought));
  return [...begins, ...holds].slice(0, most);
}
