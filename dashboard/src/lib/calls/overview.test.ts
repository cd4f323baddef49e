import { describe, expect, it } from 'vitest';
import {
  callSeries,
  daysOf,
  latencySeries,
  money,
  perHundred,
  rangeOf,
  share,
  troubleSeries,
  type Overview,
} from './overview';

const numbers = {
  calls: 10,
  minutes: 20,
  contained: 6,
  escalated: 2,
  abandoned: 1,
  turns: 50,
  barge_ins: 5,
  unclear: 1,
};
const day = (name: string): Overview['days'][number] => ({
  day: name,
  numbers,
  latency: [{ stage: 'response', n: 50, p50_ms: 600, p95_ms: 1100, p99_ms: 1500 }],
});
const time = {
  since: '2026-11-20T10:00:00Z',
  until: '2026-11-23T10:00:00Z',
  days: [day('2026-11-21'), day('2026-11-23')],
};

describe('the days of an overview', () => {
  it('are all there, those without calls too', () => {
    expect(daysOf(time).map((one) => [one.day, one.facts?.numbers.calls])).toEqual([
      ['2026-11-20', undefined],
      ['2026-11-21', 10],
      ['2026-11-22', undefined],
      ['2026-11-23', 10],
    ]);
  });

  it('count every call once', () => {
    const series = callSeries(daysOf(time));
    expect(series.map((one) => one.values[1])).toEqual([6, 2, 1, 1]);
    expect(series.reduce((sum, one) => sum + (one.values[1] ?? 0), 0)).toBe(numbers.calls);
  });

  it('have no latency, and no share, where nobody called', () => {
    const days = daysOf(time);
    expect(latencySeries(days).map((one) => one.values[0])).toEqual([null, null]);
    expect(troubleSeries(days).map((one) => one.values.slice(0, 2))).toEqual([
      [null, 10],
      [null, 2],
    ]);
  });
});

describe('figures', () => {
  it('are not divided by nothing', () => expect([share(0, 0), perHundred(1, 0)]).toEqual(['–', null]));
  it('are shares of a hundred', () => expect(share(2, 3)).toBe('67 %'));
  it('of little money have places enough', () => {
    expect([money(0.0123, 'USD'), money(12, 'USD'), money(null, 'USD')]).toEqual([
      '0.0123 USD',
      '12.00 USD',
      '–',
    ]);
  });
});

describe('the range', () => {
  it.each([
    ['7', 7],
    ['5000', 30],
    [null, 30],
  ])('that %s asks for is %d days', (asked, days) => expect(rangeOf(asked).days).toBe(days));
});
