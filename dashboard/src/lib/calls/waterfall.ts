/** The waterfall of a turn as bars: what the caller waited for, from the end of their words to the first sound. Pure. */
import type { Schema } from '$lib/api';
import { ticksTo } from '$lib/charts/scale';

export type TurnTimes = Schema<'TurnTimes'>;

export interface Step {
  id: string;
  title: string;
  /** What happens in it: one sentence, for the table and the legend. */
  does: string;
  /** A colour of the charts, 1 to 6. */
  series: number;
}

/** In the order in which they mostly happen; each bar begins where the one before ended. */
export const steps: readonly Step[] = [
  {
    id: 'heard',
    title: 'Hearing',
    does: 'From the end of the caller’s speech until its words are there.',
    series: 1,
  },
  { id: 'understood', title: 'Understanding', does: 'Until it is known what they mean.', series: 4 },
  { id: 'committed', title: 'Turn over', does: 'Until it is sure that the caller has finished.', series: 6 },
  { id: 'looked_up', title: 'Looking up', does: 'Until the last tool has answered.', series: 2 },
  { id: 'retrieved', title: 'Searching', does: 'Until the last passages are found.', series: 5 },
  { id: 'sent', title: 'Voice', does: 'Until the first sound of the answer is made and leaves.', series: 3 },
];

export interface Bar {
  step: Step;
  /** Milliseconds after the caller’s speech ended. */
  from: number;
  to: number;
}

export interface Row {
  turn: number;
  bars: readonly Bar[];
  /** The whole wait; null: there was no answer, or it was not measured. */
  response: number | null;
  confidence: number | null;
}

/**
 * The bars of each turn. Steps overlap, as a turn is planned before it is over: each bar is the time that a step added
 * to the wait, so the bars of a turn come to its whole response.
 */
export function rowsOf(turns: readonly TurnTimes[]): Row[] {
  return turns.map((turn, at) => ({
    turn: turn.turn || at + 1,
    bars: barsOf(turn),
    response: turn.response_ms,
    confidence: turn.confidence,
  }));
}

function barsOf(turn: TurnTimes): Bar[] {
  const began = turn.speech_end_ms;
  if (began === null) return [];
  const reached = steps
    .map((step) => ({ step, at: turn[`${step.id}_ms` as keyof TurnTimes] as number | null }))
    .filter((one): one is { step: Step; at: number } => one.at !== null)
    .map(({ step, at }) => ({ step, at: at - began }))
    .sort((one, other) => one.at - other.at);
  const bars: Bar[] = [];
  let from = 0;
  for (const { step, at } of reached) {
    if (at <= from) continue;
    bars.push({ step, from, to: at });
    from = at;
  }
  return bars;
}

/** Lines across the scale, from 0 to a round number of milliseconds that all rows fit in. */
export function ticksOf(rows: readonly Row[]): number[] {
  return ticksTo(Math.max(250, ...rows.flatMap((row) => row.bars.map((bar) => bar.to))));
}

/** Steps that occur, for the legend. */
export function legendOf(rows: readonly Row[]): Step[] {
  const seen = new Set(rows.flatMap((row) => row.bars.map((bar) => bar.step.id)));
  return steps.filter((step) => seen.has(step.id));
}
