import { describe, expect, it } from 'vitest';
import { columnsOf, loudest, secondsOf, startsOf, turnAt, type Peaks, type Placed } from './waveform';

describe('the outline', () => {
  it('keeps the loudest of the peaks that share a column', () => {
    expect(columnsOf([-128, 0, 0, -64], [0, 127, 0, 0], 2)).toEqual([
      { low: -1, high: 1 },
      { low: -0.5, high: 0 },
    ]);
  });

  it('is stretched where there are fewer peaks than columns', () => {
    expect(columnsOf([-64, 0], [0, 127], 4).map((column) => column.high)).toEqual([0, 0, 1, 1]);
  });

  it('has columns even of a recording without sound', () => {
    expect(columnsOf([], [], 2)).toEqual([
      { low: 0, high: 0 },
      { low: 0, high: 0 },
    ]);
    const silent: Peaks = { seconds: 1, caller_min: [0], caller_max: [0], agent_min: [0], agent_max: [0] };
    expect(loudest(silent)).toBeGreaterThan(0);
  });
});

describe('the transcript in the recording', () => {
  const said = (who: Placed['who'], text: string): Placed => ({ seq: 0, at: '', who, text });

  it('is counted from its first sample', () => {
    expect(secondsOf('2026-11-22T14:05:07.500-05:00', { began_at: '2026-11-22T19:05:00Z' })).toBe(7.5);
    expect(secondsOf('2026-11-22T14:05:07.500-05:00', { began_at: '2026-11-22T19:05:00Z' }, 500)).toBe(7);
  });

  it('begins each turn after the one before, and before its own end', () => {
    const turns = [
      said('agent', 'Thanks for calling the corner shop.'),
      said('caller', 'hi'),
      said('agent', 'x'),
    ];
    const starts = startsOf(turns, [3, 4, 4.2]);
    expect(starts[0]).toBeCloseTo(3 - 35 / 15);
    expect(starts.slice(1)).toEqual([3.2, 4]);
  });

  it('knows which turn is heard', () => {
    const starts = [0.5, 3, 6];
    expect([0, 0.5, 3.2, 100].map((seconds) => turnAt(starts, seconds))).toEqual([-1, 0, 1, 2]);
  });
});
