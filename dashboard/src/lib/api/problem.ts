/** What went wrong, in the one shape every answer of the API has from status 400 on. */

export interface Fault {
  code: string;
  severity: string;
  /** The flow's node it is about. */
  node?: string | null;
  message: string;
}

/** What the server did not say, because it says only what it knows. */
const remedies: Record<string, string> = {
  unreachable: 'Check that the server is running and that this device is connected, then try again.',
  signed_out: 'Sign in again. What you had typed is kept while this page stays open.',
  internal: 'Try again. If it stays, look at the server’s log.',
};

export class Problem extends Error {
  override name = 'Problem';

  constructor(
    /** The HTTP status; 0 when there was no answer. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly faults: readonly Fault[] = [],
    /** The whole answer: a stale save brings the stored draft in `current`. */
    readonly body: unknown = undefined,
  ) {
    super(message);
  }

  /** What to do about it, where the message does not say. */
  get remedy(): string | undefined {
    return remedies[this.code];
  }

  /** Of an answer's status and body, whatever that is: a proxy in between answers in its own shape. */
  static of(status: number, body: unknown): Problem {
    const said = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
    if (typeof said.code === 'string' && typeof said.message === 'string') {
      return new Problem(
        status,
        said.code,
        said.message,
        Array.isArray(said.faults) ? said.faults : [],
        body,
      );
    }
    return new Problem(
      status,
      'internal',
      `The server answered with status ${status} and no reason.`,
      [],
      body,
    );
  }

  /** Of anything that was caught. */
  static from(error: unknown): Problem {
    if (error instanceof Problem) return error;
    // What fetch throws when no answer came.
    if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message))
      return Problem.unreachable();
    const message = error instanceof Error ? error.message : String(error);
    return new Problem(0, 'internal', message || 'Something went wrong on this page.');
  }

  static unreachable(): Problem {
    return new Problem(0, 'unreachable', 'The server cannot be reached.');
  }
}
