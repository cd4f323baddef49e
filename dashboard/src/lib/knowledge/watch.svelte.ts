/** The jobs of a project's knowledge, asked for again and again while one of them is not over. */
import { answer, api } from '$lib/api';
import { unfinished, type Job } from './sources';

/** Milliseconds between two looks. */
const pace = 1500;

export class JobWatch {
  #jobs = $state.raw<readonly Job[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(
    readonly project: string,
    first: readonly Job[],
    /** A job got further, or is over. */
    readonly onprogress: () => void,
    readonly ask: () => Promise<readonly Job[]> = async () =>
      (
        await answer(
          api.GET('/api/v1/projects/{project}/knowledge/jobs', {
            params: { path: { project }, query: { limit: 10 } },
          }),
        )
      ).items,
  ) {
    this.#jobs = first;
  }

  get jobs(): readonly Job[] {
    return this.#jobs;
  }

  get busy(): boolean {
    return this.#jobs.some(unfinished);
  }

  /** Looks at once, and again until all is over. Gives what ends it. */
  open(): () => void {
    this.#ended = false;
    if (this.busy) this.#later();
    return () => {
      this.#ended = true;
      clearTimeout(this.#timer);
    };
  }

  /** Something was asked for. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    const before = JSON.stringify(this.#jobs);
    try {
      this.#jobs = await this.ask();
    } catch {
      // The next look tells; what is shown stays.
    }
    if (JSON.stringify(this.#jobs) !== before) this.onprogress();
    if (this.busy) this.#later();
  }

  #later(): void {
    if (!this.#ended) this.#timer = setTimeout(() => void this.look(), pace);
  }
}
