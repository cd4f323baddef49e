/** What a supervisor tells a call, and what became of each of it. */
import { answer, api, Problem, type Schema } from '$lib/api';
import type { Outcome } from './picture';

export type Action = Schema<'Supervision'>['action'];

export interface Order {
  /** Counts from 1. */
  number: number;
  /** As it is told to the supervisor: "Set order_number to 41755". */
  label: string;
  /** Of the command; absent until the server has it. */
  id?: number;
  /** Why it did not even reach the call. */
  problem?: Problem;
}

export type Standing = 'sending' | 'sent' | 'done' | 'refused';

/** What became of an order, by what the call's log says. */
export function standingOf(order: Order, commands: Readonly<Record<number, Outcome>>): Standing {
  if (order.problem) return 'refused';
  if (order.id === undefined) return 'sending';
  const outcome = commands[order.id];
  return outcome === undefined ? 'sent' : outcome.why === '' ? 'done' : 'refused';
}

/** Why it was refused; empty: it was not. */
export function whyOf(order: Order, commands: Readonly<Record<number, Outcome>>): string {
  return order.problem?.message ?? (order.id === undefined ? '' : (commands[order.id]?.why ?? ''));
}

/** How it asks the server; tests give their own. */
export interface Means {
  supervise: (body: Schema<'Supervision'>) => Promise<{ id: number }>;
  takeOver: () => Promise<Schema<'TakenOver'>>;
  renew: () => Promise<unknown>;
  listen: () => Promise<Schema<'WayIn'>>;
}

export function meansOf(project: string, call: string): Means {
  const params = { path: { project, call } };
  const base = '/api/v1/projects/{project}/calls/{call}';
  return {
    supervise: (body) => answer(api.POST(`${base}/supervision`, { params, body })),
    takeOver: () => answer(api.POST(`${base}/take-over`, { params })),
    renew: () => answer(api.POST(`${base}/renew`, { params })),
    listen: () => answer(api.POST(`${base}/listen`, { params })),
  };
}

/** Orders that are kept in sight. */
const kept = 6;

export class Supervision {
  #orders = $state.raw<readonly Order[]>([]);
  #number = 0;

  constructor(readonly means: Means) {}

  /** The latest first. */
  get orders(): readonly Order[] {
    return this.#orders;
  }

  /** Tells the call. What the server refuses is kept with the order, and thrown. */
  async give(
    label: string,
    action: Action,
    name = '',
    value: Schema<'Supervision'>['value'] = null,
  ): Promise<void> {
    await this.track(label, () => this.means.supervise({ action, name, value }));
  }

  /** The same for what is asked otherwise. */
  async track<Answer extends { id: number }>(label: string, ask: () => Promise<Answer>): Promise<Answer> {
    const order: Order = { number: ++this.#number, label };
    this.#orders = [order, ...this.#orders].slice(0, kept);
    try {
      const given = await ask();
      this.#put({ ...order, id: given.id });
      return given;
    } catch (reason) {
      const problem = Problem.from(reason);
      this.#put({ ...order, problem });
      throw problem;
    }
  }

  #put(order: Order): void {
    this.#orders = this.#orders.map((one) => (one.number === order.number ? order : one));
  }
}
