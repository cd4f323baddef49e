/** A call with the draft, beside the canvas, by text or by voice: what was said, and the path it took. */
import { Problem } from '$lib/api/problem';
import { Talking } from '$lib/calls/talking.svelte';
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

  #spoken = $state(false);

  /** The call by voice, where one was begun. */
  readonly talking: Talking;

  constructor(
    private readonly tower: Pick<Tower, 'trial' | 'call' | 'watch'>,
    private readonly flow: string,
    talking?: Talking,
  ) {
    this.talking = talking ?? new Talking((handlers) => tower.watch(handlers));
  }

  /** Whether it is tried by voice. */
  get spoken(): boolean {
    return this.#spoken;
  }

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
    if (this.#spoken) return this.#litByVoice();
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

  /** Calls the draft by voice. It is checked first; the call keeps it as it is now. */
  async call(document: FlowDocument): Promise<void> {
    const dropped = this.#drop();
    this.#spoken = true;
    this.#tried = document;
    await dropped;
    await this.talking.start(() => this.tower.call(this.flow, document));
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
    this.#spoken = false;
    await Promise.all([this.talking.forget(), this.#drop()]);
  }

  /** The trial by text. */
  async #drop(): Promise<void> {
    const trial = this.#trial;
    const running = this.running;
    this.#trial = undefined;
    this.#turn = undefined;
    this.#problem = undefined;
    this.#tried = undefined;
    if (trial !== undefined && running) await trial.end().catch(() => undefined);
  }

  #litByVoice(): Lit {
    const { picture, standing } = this.talking;
    const mine = picture.visits.filter((visit) => visit.flow === this.flow);
    const here = standing?.flow_now === this.flow ? standing.node : '';
    if (mine.length === 0 && here === '') return DARK;
    return litBy(
      mine.map((visit) => `${visit.node}.${visit.exit}`),
      here,
    );
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
