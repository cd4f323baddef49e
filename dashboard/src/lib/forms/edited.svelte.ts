/**
 * Something that is stored at the server while it is edited here: what differs, what is wrong with it, and what happens
 * when somebody else has saved meanwhile.
 */
import { Problem } from '$lib/api/problem';
import { same } from './differences';
import { FieldFaults } from './faults';

export interface Tagged<Value> {
  data: Value;
  etag: string;
}

/** How it is read and written. */
export interface Keeping<Value> {
  load: () => Promise<Tagged<Value>>;
  save: (value: Value, etag: string) => Promise<Tagged<Value>>;
}

export class Edited<Value extends object> {
  /** What the form changes. */
  value: Value = $state() as Value;
  #stored: Value = $state.raw() as Value;
  #etag: string;
  #busy = $state(false);
  #problem = $state.raw<Problem>();
  #theirs = $state.raw<Tagged<Value>>();

  constructor(
    stored: Tagged<Value>,
    readonly keeping: Keeping<Value>,
  ) {
    this.#stored = stored.data;
    this.value = structuredClone(stored.data);
    this.#etag = stored.etag;
  }

  get changed(): boolean {
    return !same($state.snapshot(this.value), this.#stored);
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** Why the last save was refused. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  get faults(): FieldFaults {
    return FieldFaults.of(this.#problem);
  }

  /** What somebody else has saved, where that stands against what is here. */
  get theirs(): Value | undefined {
    return this.#theirs?.data;
  }

  /** True: it is stored. False: it was refused; `problem` or `theirs` says why. */
  async save(): Promise<boolean> {
    return await this.#do(async () => {
      try {
        this.#take(await this.keeping.save($state.snapshot(this.value) as Value, this.#etag));
      } catch (reason) {
        if (!(reason instanceof Problem) || reason.status !== 412) throw reason;
        this.#theirs = await this.keeping.load();
        return false;
      }
      return true;
    });
  }

  /** Saves what is here over what somebody else has saved. */
  async keepMine(): Promise<boolean> {
    if (this.#theirs) this.#etag = this.#theirs.etag;
    this.#theirs = undefined;
    return await this.save();
  }

  /** Goes on with what somebody else has saved. */
  takeTheirs(): void {
    if (this.#theirs) this.#take(this.#theirs);
  }

  /** Leaves both as they are, and goes on editing. */
  decideLater(): void {
    this.#theirs = undefined;
  }

  /** What the server has now: taken up unless something is being changed here. A save then tells what differs. */
  follow(stored: Tagged<Value>): void {
    if (stored.etag !== this.#etag && !this.changed) this.#take(stored);
  }

  discard(): void {
    this.value = structuredClone(this.#stored);
    this.#problem = undefined;
  }

  #take(stored: Tagged<Value>): void {
    this.#stored = stored.data;
    this.value = structuredClone(stored.data);
    this.#etag = stored.etag;
    this.#theirs = undefined;
    this.#problem = undefined;
  }

  async #do(act: () => Promise<boolean>): Promise<boolean> {
    this.#busy = true;
    this.#problem = undefined;
    try {
      return await act();
    } catch (reason) {
      this.#problem = Problem.from(reason);
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
