/** Records of a call's log, each in one line that a person reads. */
import type { Schema } from '$lib/api';
import { shown } from './picture';
import { words } from './outcomes';

export type LogRecord = Schema<'EventFacts'>;

const titles: Readonly<Record<string, string>> = {
  call_started: 'Call began',
  caller_spoke: 'Caller spoke',
  key_pressed: 'Keys',
  caller_silent: 'Caller was silent',
  caller_unheard: 'Caller could not be heard',
  spoken: 'Agent was heard',
  answered: 'Understood',
  looked_up: 'Tool answered',
  retrieved: 'Passages found',
  composed: 'Words composed',
  transferred: 'Transfer ended',
  effect_failed: 'Failed',
  timer_fired: 'Limit',
  call_ended: 'Call ended',
  supervised: 'Supervised',
  call_resumed: 'Taken up again',
  say: 'To say',
  listen: 'To listen',
  understand: 'To understand',
  lookup: 'To look up',
  retrieve: 'To search',
  compose: 'To compose',
  transfer: 'To transfer',
  hang_up: 'To hang up',
  exit: 'Exit',
};

export function titleOf(record: Pick<LogRecord, 'type'>): string {
  const known = titles[record.type];
  if (known) return known;
  const plain = words(record.type);
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** What tells most about a record; empty: its type says it all. */
export function gistOf({ kind, type, data }: Pick<LogRecord, 'kind' | 'type' | 'data'>): string {
  const of = (...names: string[]) =>
    names
      .map((name) => data[name])
      .filter((value) => value !== undefined && value !== null && value !== '')
      .map(shown)
      .join(' · ');
  if (kind === 'token') return `${shown(data.node)} → ${shown(data.exit)}`;
  switch (type) {
    case 'caller_spoke':
    case 'say':
    case 'composed':
      return of('text');
    case 'key_pressed':
      return of('keys');
    case 'spoken':
      return of('heard');
    case 'answered':
      return answerOf(data.answer);
    case 'looked_up':
      return data.found === false ? 'nothing' : of('result');
    case 'lookup':
      return of('tool', 'arguments');
    case 'retrieve':
      return of('query');
    case 'retrieved':
      return Array.isArray(data.passages) ? `${data.passages.length} passages` : '';
    case 'understand':
      return of('said');
    case 'effect_failed':
      return of('code', 'message');
    case 'supervised':
      return of('by', 'action', 'name', 'value');
    case 'call_ended':
      return of('reason');
    default:
      return kind === 'note' ? brief(data) : '';
  }
}

function answerOf(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return '';
  const { choice, slots, decided_by: by } = answer as Record<string, unknown>;
  const filled = Array.isArray(slots)
    ? slots.map((slot: Record<string, unknown>) => `${shown(slot.slot)} ${shown(slot.value)}`).join(', ')
    : '';
  return [choice ? shown(choice) : '', filled, by ? `by ${shown(by)}` : ''].filter(Boolean).join(' · ');
}

function brief(data: Readonly<Record<string, unknown>>): string {
  return Object.entries(data)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value) && value !== '')
    .map(([name, value]) => `${words(name)} ${shown(value)}`)
    .join(' · ');
}
