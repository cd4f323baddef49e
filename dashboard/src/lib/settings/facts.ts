/** What flows say of a project, as rows of a form: values are text, or JSON where they are not. */
import type { Schema } from '$lib/api';

export type ProjectSettings = Schema<'ProjectSettings'>;
type Facts = NonNullable<ProjectSettings['facts']>;

export interface FactRow {
  name: string;
  value: string;
}

export function rowsOf(facts: Facts | undefined): FactRow[] {
  return Object.entries(facts ?? {}).map(([name, value]) => ({ name, value: written(value) }));
}

/** Rows without a name are left out. */
export function factsOf(rows: readonly FactRow[]): Facts {
  return Object.fromEntries(
    rows.filter(({ name }) => name.trim()).map(({ name, value }) => [name.trim(), read(value)]),
  );
}

function written(value: unknown): string {
  return typeof value === 'string' && read(value) === value ? value : JSON.stringify(value);
}

/** What reads as a number, a list or the like is one; anything else is text. */
function read(value: string): NonNullable<Facts[string]> {
  if (!/^\s*([[{"]|-?\d|true$|false$)/.test(value)) return value as never;
  try {
    return JSON.parse(value) as never;
  } catch {
    return value as never;
  }
}

/** The browser's own time zones and currencies, for the fields' suggestions. */
export function known(kind: 'timeZone' | 'currency'): string[] {
  return Intl.supportedValuesOf(kind);
}

/** `0` keeps something for good; else so many days, in words. */
export function keptFor(days: number, forever: string): string {
  if (!days) return forever;
  return days === 1 ? 'Kept for one day.' : `Kept for ${days.toLocaleString()} days.`;
}

/** Whether something that is kept now would be erased. */
export function shorter(now: ProjectSettings['retention'], before: ProjectSettings['retention']): boolean {
  const less = (days: number, were: number) => days > 0 && (were === 0 || days < were);
  return less(now.audio_days, before.audio_days) || less(now.transcript_days, before.transcript_days);
}
