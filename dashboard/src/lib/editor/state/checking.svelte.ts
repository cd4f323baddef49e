/** Checks as one edits: a pause after the last change, and only the latest answer counts. */
import { Problem } from '$lib/api/problem';
import type { FlowDocument } from '../model/document';
import { byNode, errorsIn, type Fault } from '../model/faults';
import { browserTimer, type Timer } from './saving.svelte';
import type { Tower } from './tower';

/** Milliseconds. */
const PAUSE = 400;

export class Checking {
  #faults = $state.raw<readonly Fault[]>([]);
  #busy = $state(false);
  #problem = $state.raw<Problem>();
  #byNode = $derived(byNode(this.#faults));
  #errors = $derived(errorsIn(this.#faults).length);
  #calledOff: () => void = () => {};
  #latest = new AbortController();

  constructor(
    private readonly tower: Pick<Tower, 'check'>,
    private readonly flow: string,
    private readonly timer: Timer = browserTimer,
  ) {}

  get faults(): readonly Fault[] {
    return this.#faults;
  }

  get byNode(): ReadonlyMap<string, readonly Fault[]> {
    return this.#byNode;
  }

  get errors(): number {
    return this.#errors;
  }

  get warnings(): number {
    return this.#faults.length - this.#errors;
  }

  /** The faults are not those of the document as it is now, yet. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Why it could not be checked. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  changed(document: FlowDocument): void {
    this.#calledOff();
    this.#busy = true;
    this.#calledOff = this.timer(() => void this.check(document), PAUSE);
  }

  async check(document: FlowDocument): Promise<void> {
    this.#latest.abort();
    const mine = (this.#latest = new AbortController());
    this.#busy = true;
    try {
      const faults = await this.tower.check(this.flow, document, mine.signal);
      if (mine.signal.aborted) return;
      this.#faults = faults;
      this.#problem = undefined;
    } catch (error) {
      if (mine.signal.aborted) return;
      this.#problem = Problem.from(error);
    }
    this.#busy = false;
  }

  stop(): void {
    this.#calledOff();
    this.#latest.abort();
  }
}
