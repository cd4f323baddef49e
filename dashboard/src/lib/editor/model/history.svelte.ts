/** Undo and redo: documents are immutable, so that the past is a list of them. */

interface Moment<T> {
  value: T;
  /** What was done to come here: "Rename welcome". */
  label: string;
}

export class History<T> {
  #past = $state.raw<readonly Moment<T>[]>([]);
  #present = $state.raw<Moment<T>>() as Moment<T>;
  #future = $state.raw<readonly Moment<T>[]>([]);
  #typing = '';

  constructor(
    first: T,
    /** How many steps back are kept. */
    private readonly kept = 200,
  ) {
    this.#present = { value: first, label: '' };
  }

  get now(): T {
    return this.#present.value;
  }

  /** What undo would take back; undefined when there is nothing. */
  get undoes(): string | undefined {
    return this.#past.length > 0 ? this.#present.label : undefined;
  }

  get redoes(): string | undefined {
    return this.#future[0]?.label;
  }

  /** `typing`: a place that is being typed into; what follows there belongs to the same step until `rest`. */
  commit(value: T, label: string, typing = ''): void {
    if (value === this.now) return;
    const goesOn = typing !== '' && typing === this.#typing;
    if (!goesOn) this.#past = [...this.#past, this.#present].slice(-this.kept);
    this.#present = { value, label };
    this.#future = [];
    this.#typing = typing;
  }

  /** The typing has come to rest: what follows is a step of its own. */
  rest(): void {
    this.#typing = '';
  }

  undo(): void {
    const last = this.#past.at(-1);
    if (last === undefined) return;
    this.#future = [this.#present, ...this.#future];
    this.#past = this.#past.slice(0, -1);
    this.#present = last;
    this.rest();
  }

  redo(): void {
    const [next, ...later] = this.#future;
    if (next === undefined) return;
    this.#past = [...this.#past, this.#present];
    this.#future = later;
    this.#present = next;
    this.rest();
  }

  /** Begins anew, without a past. */
  reset(value: T): void {
    this.#past = [];
    this.#future = [];
    this.#present = { value, label: '' };
    this.rest();
  }
}
