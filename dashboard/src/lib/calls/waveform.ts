/** A recording drawn, and the moments in it that the transcript and the log stand for. Pure. */
import type { Schema } from '$lib/api';
import { between } from './time';

export type Peaks = Schema<'Peaks'>;

export interface Column {
  /** From the lane's middle, -1 to 1. */
  low: number;
  high: number;
}

/** So many columns of a side's outline: several peaks share a column, a short recording's are stretched. */
export function columnsOf(min: readonly number[], max: readonly number[], count: number): Column[] {
  const columns: Column[] = [];
  for (let at = 0; at < count; at += 1) {
    const from = Math.floor((at * min.length) / count);
    const to = Math.max(from + 1, Math.floor(((at + 1) * min.length) / count));
    let [low, high] = [0, 0];
    for (let peak = from; peak < Math.min(to, min.length); peak += 1) {
      low = Math.min(low, min[peak] ?? 0);
      high = Math.max(high, max[peak] ?? 0);
    }
    columns.push({ low: low / 128, high: high / 127 });
  }
  return columns;
}

/** A quiet recording is drawn as large as a loud one. */
export function loudest(peaks: Peaks): number {
  const all = [peaks.caller_min, peaks.caller_max, peaks.agent_min, peaks.agent_max];
  const most = all.reduce((found, side) => side.reduce((max, one) => Math.max(max, Math.abs(one)), found), 0);
  return Math.max(most / 127, 0.05);
}

export interface Placed {
  seq: number;
  at: string;
  who: 'caller' | 'agent' | 'person';
  text: string;
}

/** Seconds in the recording at which something of the log happened. */
export function secondsOf(at: string, part: { began_at: string }, offsetMs = 0): number {
  return between(part.began_at, at) - offsetMs / 1000;
}

/**
 * When each turn begins in the recording. The log tells when words were over: they began as long before as they take
 * to say, and not before the end of what was said before them.
 */
export function startsOf(turns: readonly Placed[], ends: readonly number[]): number[] {
  /** Characters a second. */
  const spoken = 15;
  let last = 0;
  return turns.map((turn, at) => {
    const end = ends[at] ?? 0;
    const start = Math.max(0, Math.min(end, Math.max(end - Math.max(0.8, turn.text.length / spoken), last)));
    last = end;
    return start;
  });
}

/** The turn that is heard at a moment: the last that has begun. */
export function turnAt(starts: readonly number[], seconds: number): number {
  let found = -1;
  for (let at = 0; at < starts.length; at += 1) if ((starts[at] ?? 0) <= seconds + 0.05) found = at;
  return found;
}
