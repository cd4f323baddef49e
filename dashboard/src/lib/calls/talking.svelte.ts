/** A call from this browser: begun, followed by its log, and ended. It goes on while its page shows something else. */
import { Live, type Handlers } from '$lib/live.svelte';
import type { Problem, Schema } from '$lib/api';
import type { LiveCall, LiveEntry, LiveEvents } from './live_calls';
import { blank, follow, type Picture } from './picture';
import { Voice } from './voice.svelte';

/** Asks the server for a call, and gives the way into its room. */
export type Begin = () => Promise<Schema<'WayIn'>>;

/** Watches the project's calls; gives what ends it. */
export type Watch = (handlers: Handlers<LiveEvents>) => () => void;

export class Talking {
  #picture = $state.raw<Picture>(blank);
  #standing = $state.raw<LiveCall>();
  #call = $state('');
  #began = $state(0);
  #room = '';
  #close: (() => void) | undefined;

  constructor(
    private readonly watch: Watch,
    readonly voice: Voice = new Voice(),
  ) {}

  get picture(): Picture {
    return this.#picture;
  }
  /** Where the call is; undefined: it has not begun, or is over. */
  get standing(): LiveCall | undefined {
    return this.voice.busy ? this.#standing : undefined;
  }
  /** Its id; empty: it is not known yet. */
  get call(): string {
    return this.#call;
  }
  /** When the room was entered: milliseconds. */
  get began(): number {
    return this.#began;
  }
  get problem(): Problem | undefined {
    return this.voice.problem;
  }

  async start(begin: Begin): Promise<void> {
    await this.forget();
    this.#close = this.watch({
      entry: (entry) => this.#take(entry),
      call_changed: ({ call }) => call.id === this.#call && (this.#standing = call),
    });
    await this.voice.enter(async () => {
      const way = await begin();
      this.#room = way.room;
      return way;
    }, true);
    this.#began = Date.now();
  }

  /** Hangs up. What was said stays to be read, and the last of it may still arrive. */
  async stop(): Promise<void> {
    await this.voice.leave();
  }

  /** Hangs up, and lets go of what was said. */
  async forget(): Promise<void> {
    this.#close?.();
    this.#close = undefined;
    this.#picture = blank;
    this.#standing = undefined;
    this.#call = this.#room = '';
    await this.voice.leave();
  }

  #take(entry: LiveEntry): void {
    if (this.#call === '' && entry.type === 'room' && this.#room !== '' && entry.data.room === this.#room)
      this.#call = entry.call;
    if (entry.call === this.#call) this.#picture = follow(this.#picture, entry);
  }
}

/** By the project's live stream. */
export function watchProject(project: string): Watch {
  const address = `/api/v1/projects/${encodeURIComponent(project)}/live`;
  return (handlers) => new Live<LiveEvents>(address, handlers).open();
}
