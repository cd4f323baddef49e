/** A call with the draft, beside the canvas: what was said, and the path it took. */
import { Problem } from '$lib/api/problem';
import type { FlowDocument } from '../model/document';
import { DARK, litBy, type Lit } from '../model/path';
import type { Tower, Trial, TrialTurn } from './tower';

export class Trying {
  #trial: Trial | undefined;
  #turn = $state.raw<TrialTurn>();
  #pending = $state('');
  #busy = $state(false);
  #problem = $state.raw<Problem>();
  #tried = $state.raw<FlowDocument>();

  constructor(
    private readonly tower: Pick<Tower, 'trial'>,
    private readonly flow: string,
  ) {}

  get turn(): TrialTurn | undefined {
    return this.#turn;
  }

  /** What the caller said and is not answered yet. */
  get pending(): string {
    return this.#pending;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get problem(): Problem | undefined {
    return this.#problem;
  }

  /** The document that is tried: it may have been edited since. */
  get tried(): FlowDocument | undefined {
    return this.#tried;
  }

  get running(): boolean {
    return this.#turn !== undefined && this.#turn.outcome === '';
  }

  get lit(): Lit {
    const turn = this.#turn;
    if (turn === undefined) return DARK;
    return litBy(turn.path, turn.flow === this.flow && turn.outcome === '' ? turn.node : '');
  }

  async start(document: FlowDocument): Promise<void> {
    await this.stop();
    await this.#doing(async () => {
      this.#trial = await this.tower.trial(this.flow, document);
      this.#tried = document;
      return this.#trial.turn;
    });
  }

  async say(text: string): Promise<void> {
    const trial = this.#trial;
    if (trial === undefined || this.#busy) return;
    this.#pending = text;
    await this.#doing(() => trial.say(text));
    this.#pending = '';
  }

  async silent(): Promise<void> {
    const trial = this.#trial;
    if (trial !== undefined && !this.#busy) await this.#doing(() => trial.silent());
  }

  /** Hangs up, and puts the lights out. */
  async stop(): Promise<void> {
    const trial = this.#trial;
    const running = this.running;
    this.#trial = undefined;
    this.#turn = undefined;
    this.#problem = undefined;
    this.#tried = undefined;
    if (trial !== undefined && running) await trial.end().catch(() => undefined);
  }

  async #doing(turn: () => Promise<TrialTurn>): Promise<void> {
    this.#busy = true;
    this.#problem = undefined;
    try {
      this.#turn = await turn();
    } catch (error) {
      this.#problem = Problem.from(error);
    } finally {
      this.#busy = false;
    }
  }
}
