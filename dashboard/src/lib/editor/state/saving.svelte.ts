/** Autosave: after a pause, one save at a time, and never over somebody else's work. */
import { Problem } from '$lib/api/problem';
import { same, type FlowDocument } from '../model/document';
import { Stale, type Draft, type Tower } from './tower';

/** `changed`: not saved yet. `refused`: somebody else saved. `failed`: it did not reach the server, and is tried again. */
export type SaveState = 'saved' | 'changed' | 'saving' | 'refused' | 'failed';

/** Calls back after so many milliseconds; gives what calls it off. */
export type Timer = (run: () => void, after: number) => () => void;

export const browserTimer: Timer = (run, after) => {
  const id = setTimeout(run, after);
  return () => clearTimeout(id);
};

/** Milliseconds without a change after which the draft is saved. */
export const PAUSE = 1200;
/** Milliseconds until a save that failed is tried again. */
export const AGAIN = 5000;

export class Saving {
  #state = $state<SaveState>('saved');
  #stored = $state.raw<Draft>() as Draft;
  #theirs = $state.raw<Draft>();
  #problem = $state.raw<Problem>();
  #wanted: FlowDocument;
  #calledOff: () => void = () => {};
  #running: Promise<void> | undefined;

  constructor(
    private readonly tower: Pick<Tower, 'save'>,
    readonly flow: string,
    draft: Draft,
    private readonly timer: Timer = browserTimer,
  ) {
    this.#stored = draft;
    this.#wanted = draft.document;
  }

  get state(): SaveState {
    return this.#state;
  }

  /** The draft as this page last knew it to be stored. */
  get stored(): Draft {
    return this.#stored;
  }

  /** What somebody else stored, when a save was refused. */
  get theirs(): Draft | undefined {
    return this.#theirs;
  }

  /** Why a save failed. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  /** The document is now this. */
  changed(document: FlowDocument): void {
    this.#wanted = document;
    if (this.#state === 'refused') return;
    if (this.#running === undefined && same(document, this.#stored.document)) {
      this.#calledOff();
      this.#state = 'saved';
      return;
    }
    if (this.#running === undefined) this.#state = 'changed';
    this.#later(PAUSE);
  }

  /** Saves now what is not saved. False: it could not be. */
  async flush(): Promise<boolean> {
    this.#calledOff();
    while (this.#state !== 'refused' && !same(this.#wanted, this.#stored.document)) {
      this.#running ??= this.#save();
      await this.#running;
      if (this.#state === 'failed') break;
    }
    return this.#state === 'saved';
  }

  /** After a refused save: this document stands on what the other one stored. */
  settle(document: FlowDocument): void {
    if (this.#theirs === undefined) return;
    this.#stored = this.#theirs;
    this.#theirs = undefined;
    this.#state = 'changed';
    this.changed(document);
  }

  stop(): void {
    this.#calledOff();
  }

  #later(after: number): void {
    this.#calledOff();
    this.#calledOff = this.timer(() => void this.flush(), after);
  }

  async #save(): Promise<void> {
    const document = this.#wanted;
    this.#state = 'saving';
    try {
      this.#stored = { ...(await this.tower.save(this.flow, document, this.#stored.etag)), document };
      this.#problem = undefined;
      this.#state = this.#wanted === document ? 'saved' : 'changed';
    } catch (error) {
      this.#refused(error);
    } finally {
      this.#running = undefined;
    }
  }

  #refused(error: unknown): void {
    if (error instanceof Stale) {
      this.#theirs = error.current;
      this.#state = 'refused';
      return;
    }
    this.#problem = Problem.from(error);
    this.#state = 'failed';
    if (this.#problem.status === 0 || this.#problem.status >= 500) this.#later(AGAIN);
  }
}
