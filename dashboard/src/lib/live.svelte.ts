/**
 * The stream of what happens now. Reconnects by itself, and resumes from the last event it saw.
 *
 *     const live = new Live<Events>(`/api/v1/projects/${project}/live`, { entry: (entry) => …, reset: () => … });
 *     $effect(() => live.open());
 */
import { Problem, request } from '$lib/api';
import { EventParser, type ServerSentEvent } from './sse';

/** `open`: events arrive. `waiting`: it broke, and is tried again. `refused`: signed out, or no right to it. */
export type LiveState = 'closed' | 'connecting' | 'open' | 'waiting' | 'refused';

/** What is done at each event, by the event's name. */
export type Handlers<Events> = { [Name in keyof Events]?: (data: Events[Name]) => void };

/** How it reaches the server and waits; tests give their own. */
export interface Means {
  request: (address: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds. Ends early, without error, when aborted. */
  pause: (length: number, signal: AbortSignal) => Promise<void>;
}

/** Milliseconds: the wait after the first failure, doubled at each further one up to the longest. */
const firstWait = 500;
const longestWait = 15_000;
/** Milliseconds without a sign of life (an event or a comment) after which the connection is taken for dead. */
const silence = 45_000;

export class Live<Events extends object> {
  #state = $state<LiveState>('closed');
  #problem = $state.raw<Problem>();
  #lastId = '';
  #failures = 0;

  constructor(
    readonly address: string,
    readonly handlers: Handlers<Events>,
    readonly means: Means = { request, pause },
  ) {}

  get state(): LiveState {
    return this.#state;
  }

  /** Why it waits or was refused. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  /** Begins; gives what ends it. */
  open(): () => void {
    const ending = new AbortController();
    void this.#run(ending.signal);
    return () => {
      ending.abort();
      this.#state = 'closed';
    };
  }

  async #run(signal: AbortSignal): Promise<void> {
    this.#state = 'connecting';
    while (!signal.aborted) {
      try {
        await this.#follow(signal);
        this.#problem = undefined;
      } catch (reason) {
        if (signal.aborted) return;
        this.#problem = Problem.from(reason);
        if ([401, 403, 404].includes(this.#problem.status)) {
          this.#state = 'refused';
          return;
        }
      }
      if (signal.aborted) return;
      this.#state = 'waiting';
      await this.means.pause(Math.min(longestWait, firstWait * 2 ** this.#failures++), signal);
    }
  }

  /** One connection, until it ends. */
  async #follow(signal: AbortSignal): Promise<void> {
    const connection = new AbortController();
    const headers: HeadersInit = { Accept: 'text/event-stream' };
    if (this.#lastId) headers['Last-Event-ID'] = this.#lastId;
    const watch = { timer: setTimeout(() => connection.abort(), silence) };
    try {
      const response = await this.means.request(this.address, {
        headers,
        cache: 'no-store',
        signal: AbortSignal.any([signal, connection.signal]),
      });
      this.#state = 'open';
      this.#problem = undefined;
      const parser = new EventParser();
      const text = new TextDecoder();
      for await (const piece of pieces(response)) {
        clearTimeout(watch.timer);
        watch.timer = setTimeout(() => connection.abort(), silence);
        if (signal.aborted) return;
        this.#failures = 0;
        for (const event of parser.push(text.decode(piece, { stream: true }))) this.#handle(event);
      }
    } finally {
      clearTimeout(watch.timer);
    }
  }

  #handle(event: ServerSentEvent): void {
    this.#lastId = event.id;
    const handler = this.handlers[event.event as keyof Events];
    handler?.(event.data ? JSON.parse(event.data) : undefined);
  }
}

async function* pieces(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

function pause(length: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, length);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
