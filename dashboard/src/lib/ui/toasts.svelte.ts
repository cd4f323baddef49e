/** Short messages at the edge of the page: what was done, or what went wrong elsewhere than in front of the user. */
import { Problem } from '$lib/api/problem';

export type ToastTone = 'good' | 'bad' | 'neutral';

export interface Toast {
  id: number;
  message: string;
  /** What to do about it. */
  remedy?: string;
  tone: ToastTone;
}

class Toasts {
  /** Milliseconds; one that tells of an error stays until it is closed. */
  readonly shownFor = 5000;
  #items = $state<Toast[]>([]);
  #last = 0;

  get items(): readonly Toast[] {
    return this.#items;
  }

  show(message: string, tone: ToastTone = 'good', remedy?: string): void {
    const id = ++this.#last;
    this.#items.push({ id, message, remedy, tone });
    if (tone !== 'bad') setTimeout(() => this.close(id), this.shownFor);
  }

  /** Shows what was caught. */
  fail(error: unknown): void {
    const problem = Problem.from(error);
    this.show(problem.message, 'bad', problem.remedy);
  }

  close(id: number): void {
    this.#items = this.#items.filter((each) => each.id !== id);
  }
}

export const toasts = new Toasts();
