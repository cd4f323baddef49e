/** One call after the other: what state the button is in, and what brings it into the next. No DOM. */
import { Refused, type Api, type Texts } from './api';
import type { Join, Room } from './room';

export type Phase = 'loading' | 'unavailable' | 'ready' | 'consent' | 'connecting' | 'talking';

export interface Caption {
  segment: string;
  mine: boolean;
  text: string;
}

export interface State {
  phase: Phase;
  texts: Texts | null;
  /** A sentence for the visitor; empty: nothing to say. */
  said: string;
  /** Whether that is a fault. */
  fault: boolean;
  muted: boolean;
  /** The browser holds the agent's sound back. */
  held: boolean;
  captions: readonly Caption[];
}

export interface Means {
  api: Api;
  microphone(): Promise<MediaStream>;
  join: Join;
  sounds: ParentNode;
  /** Milliseconds in which the agent must be heard. */
  patience?: number;
}

const PATIENCE_MS = 20_000;
const KEPT = 30;
const FAILED = 'The call could not be connected. Check your connection, then try again.';

export class Call {
  #state: State = {
    phase: 'loading',
    texts: null,
    said: '',
    fault: false,
    muted: false,
    held: false,
    captions: [],
  };
  #room: Room | null = null;
  #microphone: MediaStream | null = null;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  /** Counts calls, so that what comes late of one that is over is not taken for the next one's. */
  #turn = 0;

  constructor(
    private readonly means: Means,
    private readonly changed: (state: State) => void,
  ) {}

  get state(): State {
    return this.#state;
  }

  /** Learn what the button says. */
  async load(): Promise<void> {
    try {
      this.#set({ phase: 'ready', texts: await this.means.api.texts(), said: '' });
    } catch (error) {
      this.#set({ phase: 'unavailable', said: sentence(error), fault: true });
    }
  }

  /** Ask whether the visitor agrees. */
  open(): void {
    if (this.#state.phase === 'ready') this.#set({ phase: 'consent', said: '', fault: false });
  }

  /** They do not, or not now. */
  close(): void {
    if (this.#state.phase === 'consent') this.#set({ phase: 'ready', said: '', fault: false });
  }

  /** They agree. */
  async start(): Promise<void> {
    if (this.#state.phase !== 'consent') return;
    const turn = ++this.#turn;
    this.#set({ phase: 'connecting', said: 'Waiting for your microphone …', fault: false, muted: false, captions: [] });
    try {
      const microphone = await this.means.microphone();
      if (turn !== this.#turn) return stop(microphone);
      this.#microphone = microphone;
      this.#set({ said: 'Connecting …' });
      const ticket = await this.means.api.ticket();
      if (turn !== this.#turn) return;
      const mine = (act: () => void) => () => void (turn === this.#turn && act());
      const room = await this.means.join(ticket, microphone, this.means.sounds, {
        answered: mine(() => this.#answered()),
        ended: (lost) => turn === this.#turn && this.#over(lost ? 'The connection was lost.' : 'The call is over.', lost),
        silent: (held) => turn === this.#turn && this.#set({ held }),
        caption: (segment, own, text) => turn === this.#turn && this.#caption({ segment, mine: own, text }),
      });
      if (turn !== this.#turn) return room.leave();
      this.#room = room;
      if (this.state.phase === 'connecting') this.#wait();
    } catch (error) {
      if (turn === this.#turn) this.#over(error instanceof Refused ? error.message : FAILED, true);
    }
  }

  mute(): void {
    if (this.#state.phase !== 'talking') return;
    const muted = !this.#state.muted;
    this.#room?.mute(muted);
    this.#set({ muted, said: muted ? 'You are muted.' : 'You are heard again.' });
  }

  /** The visitor pressed the button by which the browser lets sound through. */
  sound(): void {
    this.#room?.sound();
    this.#set({ held: false });
  }

  hangUp(): void {
    if (this.#state.phase === 'connecting' || this.#state.phase === 'talking') this.#over('The call is over.', false);
  }

  #answered(): void {
    clearTimeout(this.#waiting);
    if (this.#state.phase === 'connecting') this.#set({ phase: 'talking', said: 'You are connected.' });
  }

  #wait(): void {
    this.#set({ said: 'Ringing …' });
    this.#waiting = setTimeout(() => {
      this.#over('Nobody answered. Please try again later.', true);
    }, this.means.patience ?? PATIENCE_MS);
  }

  #caption(caption: Caption): void {
    const others = this.#state.captions;
    const known = others.some((one) => one.segment === caption.segment);
    const captions = known
      ? others.map((one) => (one.segment === caption.segment ? caption : one))
      : [...others, caption].slice(-KEPT);
    this.#set({ captions });
  }

  #over(said: string, fault: boolean): void {
    this.#turn++;
    clearTimeout(this.#waiting);
    const room = this.#room;
    this.#room = null;
    if (this.#microphone) stop(this.#microphone);
    this.#microphone = null;
    this.#set({ phase: 'ready', said, fault, held: false, muted: false });
    room?.leave();
  }

  #set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    this.changed(this.#state);
  }
}

function stop(microphone: MediaStream): void {
  for (const track of microphone.getTracks()) track.stop();
}

function sentence(error: unknown): string {
  return error instanceof Refused ? error.message : FAILED;
}
