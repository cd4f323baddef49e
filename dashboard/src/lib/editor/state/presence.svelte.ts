/** Who else has the flow open. */
import type { Person, Tower } from './tower';

/** Milliseconds between two signs of life. */
const EVERY = 10_000;

export class Presence {
  #others = $state.raw<readonly Person[]>([]);

  constructor(
    private readonly tower: Pick<Tower, 'presence' | 'leave'>,
    private readonly flow: string,
    /** The node that is selected here; empty: none. */
    private readonly node: () => string,
  ) {}

  get others(): readonly Person[] {
    return this.#others;
  }

  /** Begins to tell and to ask; gives what ends it. */
  watch(): () => void {
    void this.#tell();
    const beat = setInterval(() => void this.#tell(), EVERY);
    return () => {
      clearInterval(beat);
      void this.tower.leave(this.flow).catch(() => undefined);
    };
  }

  /** Not knowing who else is there is no reason to disturb anybody: a stale save is refused all the same. */
  async #tell(): Promise<void> {
    try {
      this.#others = await this.tower.presence(this.flow, this.node());
    } catch {
      this.#others = [];
    }
  }
}
