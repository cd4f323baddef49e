/** Checks as one edits: a pause after the last change, and only the latest answer counts. */
import { Problem } from '$lib/api/problem';
import { entry, kindOf, mapping, nodesOf, same, text, type FlowDocument } from '../model/document';
import { byNode, errorsIn, type Fault } from '../model/faults';
import { browserTimer, type Timer } from './saving.svelte';
import type { Checked, Tower } from './tower';

/** By flow: its ends. */
type Ends = Readonly<Record<string, readonly string[]>>;

/** Milliseconds. */
const PAUSE = 400;

export class Checking {
  #faults = $state.raw<readonly Fault[]>([]);
  #busy = $state(false);
  #problem = $state.raw<Problem>();
  #ends = $state.raw<Ends>({});
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

  /** The ends of the flows that this one runs, which are the exits there. The same object until they change. */
  get ends(): Ends {
    return this.#ends;
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
      const checked = await this.tower.check(this.flow, document, mine.signal);
      if (mine.signal.aborted) return;
      if (!same(this.#faults as never, checked.faults as never)) this.#faults = checked.faults;
      const ends = endsIn(document, checked);
      if (!same(ends, this.#ends)) this.#ends = ends;
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

function endsIn(document: FlowDocument, checked: Checked): Ends {
  const runs = Object.entries(nodesOf(document)).filter(([, node]) => kindOf(mapping(node)) === 'run');
  return Object.fromEntries(
    runs.flatMap(([name, node]) => {
      const ends = checked.exits[name] ?? [];
      return ends.length > 0 ? [[text(entry(mapping(node), 'flow')), ends]] : [];
    }),
  );
}
