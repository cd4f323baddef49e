/** The figures of an overview as charts take them. Pure. */
import type { Schema } from '$lib/api';
import type { Series } from '$lib/charts/scale';

export type Overview = Schema<'OverviewFacts'>;
type Day = Overview['days'][number];

export const ranges = [
  { id: '1', title: '24 hours', days: 1 },
  { id: '7', title: '7 days', days: 7 },
  { id: '30', title: '30 days', days: 30 },
  { id: '90', title: '90 days', days: 90 },
  { id: '365', title: 'A year', days: 365 },
] as const;

export type RangeId = (typeof ranges)[number]['id'];

/** What the address asks for; 30 days, where it asks for nothing that there is. */
export function rangeOf(asked: string | null): (typeof ranges)[number] {
  return ranges.find((one) => one.id === asked) ?? ranges[2];
}

/** Every day of the time, those without calls too. Days are the server's: UTC. */
export function daysOf(overview: Pick<Overview, 'since' | 'until' | 'days'>): { day: string; facts?: Day }[] {
  const known = new Map(overview.days.map((one) => [one.day, one]));
  const days: { day: string; facts?: Day }[] = [];
  const last = utcDay(new Date(overview.until));
  for (
    let at = new Date(`${utcDay(new Date(overview.since))}T00:00:00Z`);
    utcDay(at) <= last;
    at = dayAfter(at)
  )
    days.push({ day: utcDay(at), facts: known.get(utcDay(at)) });
  return days;
}

function utcDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function dayAfter(at: Date): Date {
  return new Date(at.getTime() + 86_400_000);
}

/** `22 Nov`, in the reader's words. */
export function dayLabel(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(undefined, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  });
}

export function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`;
}

/** A part for each hundred of another: barge-ins for 100 turns. */
export function perHundred(part: number, whole: number): number | null {
  return whole === 0 ? null : (100 * part) / whole;
}

/** How calls ended, by day. What is none of the three is told too. */
export function callSeries(days: readonly { facts?: Day }[]): Series[] {
  const of = (count: (numbers: Day['numbers']) => number) =>
    days.map(({ facts }) => (facts ? count(facts.numbers) : 0));
  return [
    { id: 'contained', title: 'Contained', colour: 3, values: of((one) => one.contained) },
    { id: 'escalated', title: 'Escalated', colour: 1, values: of((one) => one.escalated) },
    { id: 'abandoned', title: 'Abandoned', colour: 2, values: of((one) => one.abandoned) },
    {
      id: 'other',
      title: 'Other',
      colour: 6,
      values: of((one) => Math.max(0, one.calls - one.contained - one.escalated - one.abandoned)),
    },
  ].filter((one) => one.id !== 'other' || one.values.some((value) => value > 0));
}

/** How long callers waited for answers, by day. */
export function latencySeries(days: readonly { facts?: Day }[]): Series[] {
  const of = (name: 'p50_ms' | 'p95_ms') =>
    days.map(({ facts }) => facts?.latency.find((one) => one.stage === 'response')?.[name] ?? null);
  return [
    { id: 'p50', title: 'Half of the answers', colour: 3, values: of('p50_ms') },
    { id: 'p95', title: '95 of 100', colour: 2, values: of('p95_ms') },
  ];
}

/** Barge-ins and words that meant nothing, for each hundred turns. */
export function troubleSeries(days: readonly { facts?: Day }[]): Series[] {
  const of = (name: 'barge_ins' | 'unclear') =>
    days.map(({ facts }) => (facts ? perHundred(facts.numbers[name], facts.numbers.turns) : null));
  return [
    { id: 'barge_ins', title: 'Barge-ins', colour: 4, values: of('barge_ins') },
    { id: 'unclear', title: 'Unclear answers', colour: 5, values: of('unclear') },
  ];
}

export const stageTitles: Readonly<Record<string, string>> = {
  response: 'Answer, after the caller’s last word',
  first_word: 'First sound, after the call connected',
  paused: 'Silence, after the caller spoke over the agent',
  resumed: 'On again, after a mere “mm-hm”',
  stopped: 'Given way, after an interruption',
};

/** An amount of money, small ones with more places. */
export function money(amount: number | null, currency: string): string {
  if (amount === null) return '–';
  const places = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2;
  return `${amount.toLocaleString(undefined, { minimumFractionDigits: places, maximumFractionDigits: places })} ${currency}`.trim();
}
