/** A browser in a call's room: to talk as the caller, to listen in, or to talk in the agent's place. */
import { Problem, type Schema } from '$lib/api';

export type VoiceState = 'idle' | 'joining' | 'joined' | 'ended' | 'failed';

/** What of a LiveKit room is used; tests give their own. */
export interface JoinedRoom {
  setMicrophone: (on: boolean) => Promise<void>;
  /** Browsers play no sound before the user has touched the page. */
  allowSound: () => Promise<void>;
  leave: () => Promise<void>;
}

export interface RoomEvents {
  /** The room is gone, for another reason than that it was left. */
  ended: (why: string) => void;
  /** Whether sound may be played. */
  sound: (allowed: boolean) => void;
  /** Whether somebody else is there. */
  company: (there: boolean) => void;
  /** Who is heard at this moment: oneself, the agent, another person. */
  speaking: (me: boolean, agent: boolean, person: boolean) => void;
  /** What was made out so far of the caller's turn, for good once that is over; or what the agent is about to say. */
  words: (who: 'caller' | 'agent', text: string, final: boolean) => void;
}

/** Milliseconds after which words that were not followed by more are shown no longer: nothing came of them. */
const staleAfter = 6000;
/** Milliseconds after the end of a turn: its words are in the call's log by then. */
const loggedWithin = 1000;

export type Join = (way: Schema<'WayIn'>, events: RoomEvents) => Promise<JoinedRoom>;

export class Voice {
  #state = $state<VoiceState>('idle');
  #muted = $state(false);
  #soundAllowed = $state(true);
  #company = $state(false);
  #meSpeaking = $state(false);
  #agentSpeaking = $state(false);
  #personSpeaking = $state(false);
  #unfinished = $state('');
  #fading: ReturnType<typeof setTimeout> | undefined;
  #problem = $state.raw<Problem>();
  #room: JoinedRoom | undefined;
  /** Counts attempts: what an abandoned one still brings is dropped. */
  #attempt = 0;

  constructor(readonly join: Join = joinByLiveKit) {}

  get state(): VoiceState {
    return this.#state;
  }
  get muted(): boolean {
    return this.#muted;
  }
  get soundAllowed(): boolean {
    return this.#soundAllowed;
  }
  /** Whether somebody else is in the room. */
  get company(): boolean {
    return this.#company;
  }
  get meSpeaking(): boolean {
    return this.#meSpeaking;
  }
  get agentSpeaking(): boolean {
    return this.#agentSpeaking;
  }
  /** Somebody else than the agent. */
  get personSpeaking(): boolean {
    return this.#personSpeaking;
  }
  /** The caller's words before their turn is over: until they are in the log, the agent speaks, or no more come. */
  get unfinished(): string {
    return this.#unfinished;
  }
  get problem(): Problem | undefined {
    return this.#problem;
  }
  get busy(): boolean {
    return this.#state === 'joining' || this.#state === 'joined';
  }

  /** Goes in. `way` asks the server for the way in; with `talk` the microphone is opened. */
  async enter(way: () => Promise<Schema<'WayIn'>>, talk: boolean): Promise<void> {
    const attempt = ++this.#attempt;
    this.#state = 'joining';
    this.#problem = undefined;
    this.#company = this.#muted = false;
    this.#soundAllowed = true;
    try {
      const room = await this.join(await way(), this.#events(attempt));
      if (attempt !== this.#attempt) return void room.leave();
      this.#room = room;
      if (talk) await room.setMicrophone(true);
      if (attempt === this.#attempt) this.#state = 'joined';
    } catch (reason) {
      if (attempt !== this.#attempt) return;
      await this.#drop('failed');
      this.#problem = asProblem(reason);
    }
  }

  async leave(): Promise<void> {
    if (this.busy) await this.#drop('ended');
  }

  /** Where the microphone cannot be had, `problem` says why, and all stays as it was. */
  async mute(muted: boolean): Promise<void> {
    const attempt = this.#attempt;
    this.#problem = undefined;
    try {
      await this.#room?.setMicrophone(!muted);
      if (attempt === this.#attempt) this.#muted = muted;
    } catch (reason) {
      if (attempt === this.#attempt) this.#problem = asProblem(reason);
    }
  }

  async allowSound(): Promise<void> {
    await this.#room?.allowSound();
  }

  #events(attempt: number): RoomEvents {
    const here = () => attempt === this.#attempt;
    return {
      // A room that could not be joined also says that it ended; why, the join itself tells.
      ended: () => here() && this.#room !== undefined && void this.#drop('ended'),
      sound: (allowed) => here() && (this.#soundAllowed = allowed),
      company: (there) => here() && (this.#company = there),
      speaking: (me, agent, person) => here() && this.#heard(me, agent, person),
      words: (who, text, final) =>
        here() && this.#show(who === 'caller' ? text : '', final ? loggedWithin : staleAfter),
    };
  }

  #show(unfinished: string, forMs = 0): void {
    clearTimeout(this.#fading);
    this.#unfinished = unfinished;
    if (unfinished !== '') this.#fading = setTimeout(() => (this.#unfinished = ''), forMs);
  }

  #heard(me: boolean, agent: boolean, person: boolean): void {
    this.#meSpeaking = me;
    this.#agentSpeaking = agent;
    this.#personSpeaking = person;
  }

  async #drop(state: VoiceState): Promise<void> {
    this.#attempt += 1;
    this.#state = state;
    this.#heard(false, false, false);
    this.#show('');
    const room = this.#room;
    this.#room = undefined;
    await room?.leave();
  }
}

/** Loaded when somebody talks: the client is heavy. */
async function joinByLiveKit(way: Schema<'WayIn'>, events: RoomEvents): Promise<JoinedRoom> {
  const { joinRoom } = await import('./livekit');
  return joinRoom(way, events);
}

/** What the browser or the room refused, with what to do. */
export function asProblem(reason: unknown): Problem {
  if (reason instanceof Problem) return reason;
  const name = reason instanceof Error ? reason.name : '';
  if (name === 'NotAllowedError')
    return new Problem(
      0,
      'no_microphone',
      'The browser did not give the microphone. Allow it for this site beside the address, then try again.',
    );
  if (name === 'NotFoundError')
    return new Problem(0, 'no_microphone', 'There is no microphone. Connect one, then try again.');
  if (name === 'ConnectionError')
    return new Problem(
      0,
      'no_room',
      'The call’s sound cannot be reached. Check that LiveKit runs and that its address is open to this browser.',
    );
  return Problem.from(reason);
}
