import { describe, expect, it } from 'vitest';
import { legendOf, rowsOf, ticksOf, type TurnTimes } from './waterfall';

function turn(times: Partial<TurnTimes>): TurnTimes {
  const none = {
    turn: 1,
    began_ms: null,
    speech_end_ms: null,
    offered_ms: null,
    heard_ms: null,
    understood_ms: null,
    looked_up_ms: null,
    retrieved_ms: null,
    committed_ms: null,
    rendered_ms: null,
    sent_ms: null,
    response_ms: null,
    looks: null,
    confidence: null,
    work: [],
  };
  return { ...none, ...times } as TurnTimes;
}

const usual = turn({
  speech_end_ms: 5000,
  heard_ms: 5200,
  understood_ms: 5260,
  committed_ms: 5400,
  rendered_ms: 5640,
  sent_ms: 5660,
  response_ms: 660,
});

describe('the waterfall', () => {
  it('has bars that follow each other, and come to the whole wait', () => {
    const [row] = rowsOf([usual]);
    expect(row?.bars.map((bar) => [bar.step.id, bar.from, bar.to])).toEqual([
      ['heard', 0, 200],
      ['understood', 200, 260],
      ['committed', 260, 400],
      ['sent', 400, 660],
    ]);
    expect(row?.bars.reduce((sum, bar) => sum + bar.to - bar.from, 0)).toBe(row?.response);
  });

  it('gives no time to what was done before the caller had finished', () => {
    const [row] = rowsOf([turn({ speech_end_ms: 5000, heard_ms: 4900, committed_ms: 5300, sent_ms: 5300 })]);
    expect(row?.bars.map((bar) => bar.step.id)).toEqual(['committed']);
  });

  it('has nothing to show of a turn whose end was not heard', () => {
    expect(rowsOf([turn({ sent_ms: 100 })])[0]?.bars).toEqual([]);
  });

  it.each([20, 660, 1400, 2300, 9100])('has a round scale with room for %d ms', (ms) => {
    const ticks = ticksOf(rowsOf([turn({ speech_end_ms: 0, sent_ms: ms })]));
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(ms);
    expect(ticks.every((tick) => tick % 50 === 0)).toBe(true);
  });

  it('explains the steps that occur, and no others', () => {
    expect(legendOf(rowsOf([usual])).map((step) => step.id)).not.toContain('looked_up');
  });
});
