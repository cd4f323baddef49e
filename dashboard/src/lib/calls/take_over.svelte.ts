/** A running call that is talked on by voice, from this window, in the agent's place. */
import type { Supervision } from './supervision.svelte';
import { Voice } from './voice.svelte';

/** Milliseconds: a third of the time after which the call goes back to the agent by itself. */
const renewEvery = 5000;

export class TakeOver {
  #command = $state(0);
  /** The call that this window has: another may be shown by the time it is given back. */
  #held: Supervision | undefined;
  #renewing: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly supervision: () => Supervision,
    readonly voice = new Voice(),
  ) {}

  /** The one by which the call was taken over; 0: none. */
  get command(): number {
    return this.#command;
  }

  /** The agent falls silent, and the microphone is opened. Where it cannot be, or who wanted it has left since, the
   * agent goes on at once. */
  async begin(): Promise<void> {
    const { voice } = this;
    const supervision = this.supervision();
    this.#command = 0;
    await voice.enter(async () => {
      const taken = await supervision.track('Take the call over', () => supervision.means.takeOver());
      this.#command = taken.id;
      this.#held = supervision;
      return taken.join;
    }, true);
    if (voice.state === 'joined') this.#renew(supervision);
    else if (!voice.busy) await this.#giveBack(this.#held);
  }

  /** The agent goes on. */
  async handBack(): Promise<void> {
    // Before the call is ours there is nothing to give: `begin` does that when it is.
    const asking = this.voice.state === 'joining' && this.#held === undefined;
    if (!asking) await this.#giveBack(this.#held ?? this.supervision());
    await this.drop();
  }

  /** Whoever talks from here goes away: the agent goes on at once. */
  async leave(): Promise<void> {
    const held = this.voice.busy ? this.#held : undefined;
    await Promise.all([this.#giveBack(held), this.drop()]);
  }

  /** Nobody here talks to the caller any more; who has the call is left as it is. */
  async drop(): Promise<void> {
    this.#held = undefined;
    clearInterval(this.#renewing);
    await this.voice.leave();
  }

  /** As long as the caller can hear whoever it is. */
  #renew(supervision: Supervision): void {
    clearInterval(this.#renewing);
    this.#renewing = setInterval(() => {
      if (this.voice.state !== 'joined') clearInterval(this.#renewing);
      else void supervision.means.renew().catch(() => {});
    }, renewEvery);
  }

  async #giveBack(held: Supervision | undefined): Promise<void> {
    this.#held = undefined;
    // Why it was refused, the order's own line says.
    await held?.give('Hand the call back', 'hand_back').catch(() => {});
  }
}
