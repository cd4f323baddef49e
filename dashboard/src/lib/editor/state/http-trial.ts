/** A trial call over HTTP: each answer tells what is new, and this keeps the whole. */
import type { Value } from '../model/document';
import type { Send } from './http';
import type { Trial, TrialLine, TrialTurn } from './tower';

export interface TrialAnswer {
  id: string;
  /** Since the turn before, as are tokens and tools. */
  said: readonly string[];
  tokens: readonly { flow: string; node: string; exit: string }[];
  places: readonly { flow: string; node: string }[];
  values: Readonly<Record<string, Value>>;
  tools: readonly { tool: string; answered_by: 'tool' | 'example' | 'missing' }[];
  working: boolean;
  ended: boolean;
  outcome: string;
}

const answers = {
  tool: 'was called',
  example: 'answered with its example',
  missing: 'has no example, and answered that there is no such thing',
} as const;

export class HttpTrial implements Trial {
  #turn: TrialTurn = { lines: [], path: [], flow: '', node: '', outcome: '', values: {} };
  readonly #at: string;

  constructor(
    private readonly send: Send,
    /** The flow that is edited: only its path is drawn. */
    private readonly flow: string,
    begun: TrialAnswer,
  ) {
    this.#at = `/trials/${begun.id}`;
    this.#told(begun);
  }

  get turn(): TrialTurn {
    return this.#turn;
  }

  say(text: string): Promise<TrialTurn> {
    return this.#said({ text }, [{ who: 'caller', text }]);
  }

  silent(): Promise<TrialTurn> {
    return this.#said({ silence: true }, [{ who: 'note', text: 'The caller says nothing' }]);
  }

  async end(): Promise<void> {
    await this.send('DELETE', this.#at);
  }

  async #said(given: object, lines: readonly TrialLine[]): Promise<TrialTurn> {
    const answer = await this.send<TrialAnswer>('POST', `${this.#at}/said`, given);
    return this.#told(answer, lines);
  }

  #told(answer: TrialAnswer, before: readonly TrialLine[] = []): TrialTurn {
    const last = this.#turn;
    const at = answer.places.at(-1);
    const mine = answer.tokens.filter((token) => token.flow === this.flow);
    const here = answer.places.findLast((place) => place.flow === this.flow);
    this.#turn = {
      lines: [
        ...last.lines,
        ...before,
        ...answer.tools.map(({ tool, answered_by }): TrialLine => ({
          who: 'note',
          text: `${tool} ${answers[answered_by]}`,
        })),
        ...answer.said.map((text): TrialLine => ({ who: 'agent', text })),
        ...(answer.working
          ? [{ who: 'note', text: 'Something takes long; say something to hear what came of it' } as const]
          : []),
      ],
      path: [...last.path, ...mine.map((token) => `${token.node}.${token.exit}`)],
      flow: here?.flow ?? at?.flow ?? '',
      node: here?.node ?? at?.node ?? '',
      outcome: answer.ended ? answer.outcome || 'over' : '',
      values: Object.fromEntries(
        Object.entries(answer.values)
          .filter(([name, value]) => value !== null && name !== 'project' && name !== 'call')
          .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
      ),
    };
    return this.#turn;
  }
}
