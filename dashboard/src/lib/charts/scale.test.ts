import { describe, expect, it } from 'vitest';
import { alone, labelled, pathOf, stacked, tallest, ticksTo, type Series } from './scale';

const series = (id: string, values: (number | null)[]): Series => ({ id, title: id, colour: 1, values });

describe('the scale', () => {
  it.each([
    [57, [0, 20, 40, 60]],
    [1, [0, 0.25, 0.5, 0.75, 1]],
    [1240, [0, 500, 1000, 1500]],
  ])('to %d has round steps', (top, ticks) => expect(ticksTo(top)).toEqual(ticks));

  it.each([0, 1, 3, 7])('of things that are counted to %d has whole steps', (top) => {
    const ticks = ticksTo(top, true);
    expect(ticks.every(Number.isInteger)).toBe(true);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(top, 1));
  });
});

describe('a stack', () => {
  const all = [series('a', [2, 0]), series('b', [3, null])];

  it('puts one block on the other, and none for nothing', () => {
    expect(stacked(all, 0).map((block) => [block.series.id, block.from, block.to])).toEqual([
      ['a', 0, 2],
      ['b', 2, 5],
    ]);
    expect(stacked(all, 1)).toEqual([]);
  });

  it('is as tall as its tallest column', () => expect(tallest(all, 2)).toBe(5));
});

describe('a line', () => {
  it('breaks where a value is missing, and marks what stands alone', () => {
    const values = [1, 2, null, 3, null];
    expect(
      pathOf(
        values,
        (at) => at,
        (value) => value,
      ),
    ).toBe('M0.0,1.0L1.0,2.0M3.0,3.0');
    expect(alone(values)).toEqual([3]);
  });
});

describe('the labels below', () => {
  it('are all there where there is room, and always the last', () => {
    expect(labelled(4, 1000)).toEqual([0, 1, 2, 3]);
    expect(labelled(30, 300).at(-1)).toBe(29);
    expect(labelled(30, 300).length).toBeLessThanOrEqual(5);
  });
});
