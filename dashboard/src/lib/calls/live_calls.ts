/** The calls that run, folded from the live stream. Pure: each event gives the next list. */
import type { Schema } from '$lib/api';

export type LiveCall = Schema<'LiveCall'>;

/** A call on the live page; one that has ended stays for a moment, so that one sees how. */
export interface Shown {
  call: LiveCall;
  ended?: { outcome: string; at: number };
}

export type LiveEntry = Schema<'LiveEntry'>;

/** What the stream sends: the data of each event, by its name. */
export type LiveEvents = Schema<'LiveEvents'>;

/** Milliseconds for which an ended call is still shown. */
export const lingers = 8000;

/** A whole list takes the place of what was known; calls that were seen to end stay their moment. */
export function snapshot(shown: readonly Shown[], calls: readonly LiveCall[]): Shown[] {
  const running = new Set(calls.map((call) => call.id));
  const ending = shown.filter((one) => one.ended && !running.has(one.call.id));
  return newestFirst([...ending, ...calls.map((call) => ({ call }))]);
}

/** A call began, or stands otherwise than before. What is older than what is known changes nothing. */
export function changed(shown: readonly Shown[], call: LiveCall): Shown[] {
  const at = shown.findIndex((one) => one.call.id === call.id);
  if (at < 0) return newestFirst([...shown, { call }]);
  const known = shown[at] as Shown;
  if (known.ended || known.call.seq > call.seq) return [...shown];
  return shown.map((one) => (one === known ? { call } : one));
}

export function ended(shown: readonly Shown[], id: string, outcome: string, now: number): Shown[] {
  return shown.map((one) => (one.call.id === id ? { ...one, ended: { outcome, at: now } } : one));
}

/** Without the calls that ended long enough ago. The same list when there are none. */
export function swept(shown: readonly Shown[], now: number): readonly Shown[] {
  const left = shown.filter((one) => !one.ended || now - one.ended.at < lingers);
  return left.length === shown.length ? shown : left;
}

function newestFirst(shown: Shown[]): Shown[] {
  return shown.sort((one, other) => (one.call.id < other.call.id ? 1 : -1));
}

const waits: Readonly<Record<LiveCall['waits_for'], string>> = {
  '': 'Speaking',
  caller: 'Listening',
  tool: 'Looking up',
  knowledge: 'Searching',
  model: 'Thinking',
  person: 'Ringing a person',
};

/** What a call does at this moment. */
export function doing(call: Pick<LiveCall, 'waits_for' | 'node' | 'agent_said'>): string {
  if (call.node === '' && call.waits_for === '') return call.agent_said === '' ? 'Beginning' : 'Ending';
  return waits[call.waits_for];
}
