/** A running call that is talked on by voice, from this window, in the agent's place. */
import type { Supervision } from './supervision.svelte';
import { Voice } from './voice.svelte';

/** Milliseconds: a third of the time after which the call goes back to the agent by itself. */
const renewEvery = 5000;

export class TakeOver {
  #command = $state(0);
  #renewing: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly supervision: () => Supervision,
    readonly voice = new Voice(),
  ) {}

  /** The one by which the call was taken over; 0: none. */
  get command(): number {
    return this.#command;
  }

  /** The agent falls silent, and the microphone is opened. Where it cannot be, the agent goes on at once. */
  async begin(): Promise<void> {
    const { voice } = this;
    this.#command = 0;
    await voice.enter(async () => {
      const taken = await this.supervision().track('Take the call over', () =>
        this.supervision().means.takeOver(),
      );
      this.#command = taken.id;
      return taken.join;
    }, true);
    if (voice.state === 'joined') this.#renew();
    else if (voice.state === 'failed' && this.#command !== 0) await this.#give();
  }

  /** The agent goes on. */
  async handBack(): Promise<void> {
    await this.#give();
    await this.leave();
  }

  /** Nobody here talks to the caller any more. */
  async leave(): Promise<void> {
    clearInterval(this.#renewing);
    await this.voice.leave();
  }

  /** As long as the caller can hear whoever it is. */
  #renew(): void {
    clearInterval(this.#renewing);
    this.#renewing = setInterval(() => {
      if (this.voice.state !== 'joined') clearInterval(this.#renewing);
      else
        void this.supervision()
          .means.renew()
          .catch(() => {});
    }, renewEvery);
  }

  async #give(): Promise<void> {
    // Why it was refused, the order's own line says.
    await this.supervision()
      .give('Hand the call back', 'hand_back')
      .catch(() => {});
  }
}
