/** Opening hours as a form has them: a week of days, each with its spans of time. */
import type { Schema } from '$lib/api';

export type OpeningHours = Schema<'OpeningHours'>;

export const weekdays = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

export type Weekday = (typeof weekdays)[number];

/** From one time of day to another, both `HH:MM`; an end before its beginning is of the next day. */
export interface Span {
  from: string;
  to: string;
}

export const officeHours: OpeningHours = {
  week: Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, ['09:00-17:00']])),
  closed_on: [],
  flow: '',
  say: 'We are closed at the moment. Please call again during our opening hours.',
};

export function spansOf(hours: OpeningHours, day: Weekday): Span[] {
  return (hours.week?.[day] ?? []).map((span) => {
    const [from = '', to = ''] = span.split('-');
    return { from, to };
  });
}

/** The hours with other spans on a day. */
export function withSpans(hours: OpeningHours, day: Weekday, spans: readonly Span[]): OpeningHours {
  const written = spans.map(({ from, to }) => `${from}-${to}`);
  const week: Record<string, string[]> = {};
  for (const each of weekdays) {
    const own = each === day ? written : (hours.week?.[each] ?? []);
    if (own.length) week[each] = [...own];
  }
  return { ...hours, week };
}

/** What a further span of a day would be: an hour after the last one, else office hours. */
export function nextSpan(spans: readonly Span[]): Span {
  const last = spans.at(-1)?.to;
  if (last === undefined || !/^\d\d:\d\d$/.test(last)) return { from: '09:00', to: '17:00' };
  const hour = Math.min(23, Number(last.slice(0, 2)) + 1);
  const end = Math.min(24, hour + 4);
  const two = (value: number) => String(value).padStart(2, '0');
  return { from: `${two(hour)}:00`, to: `${two(end)}:00` };
}

/** What is wrong with a day's spans, in a sentence. */
export function faultOf(spans: readonly Span[]): string | undefined {
  if (spans.some(({ from, to }) => !from || !to)) return 'Both times are needed.';
  const rising = [...spans].sort((a, b) => (a.from < b.from ? -1 : 1));
  for (const [at, span] of rising.entries()) {
    const next = rising[at + 1];
    if (next && (span.to <= span.from || next.from < span.to)) return 'These times overlap.';
  }
  return undefined;
}

/** Whether a span goes on past midnight. */
export function overnight({ from, to }: Span): boolean {
  return from !== '' && to !== '' && to <= from;
}

/** In one line: `Mon–Fri 09:00-17:00 · Sat 10:00-14:00`. */
export function summary(hours: OpeningHours | null | undefined): string {
  if (!hours) return 'Always';
  const runs: { first: Weekday; last: Weekday; spans: string }[] = [];
  for (const day of weekdays) {
    const spans = (hours.week?.[day] ?? []).join(', ');
    const run = runs.at(-1);
    if (run && run.spans === spans) run.last = day;
    else runs.push({ first: day, last: day, spans });
  }
  const open = runs.filter(({ spans }) => spans !== '');
  return open.map(({ first, last, spans }) => `${dayRun(first, last)} ${spans}`).join(' · ') || 'Never';
}

function dayRun(first: Weekday, last: Weekday): string {
  return first === last ? short(first) : `${short(first)}–${short(last)}`;
}

export function short(day: Weekday): string {
  return day.slice(0, 1).toUpperCase() + day.slice(1, 3);
}
