import { describe, expect, it } from 'vitest';
import { clicked, sorted } from './sorting';

describe('sorted', () => {
  it('puts numbers by size', () => {
    expect(sorted([10, 9, 100], (row) => row, false)).toEqual([9, 10, 100]);
  });

  it('puts words as a reader would, without regard to case, and numbers in them by size', () => {
    expect(sorted(['b10', 'B2', 'a'], (row) => row, false)).toEqual(['a', 'B2', 'b10']);
  });

  it.each([true, false])('leaves what is missing at the end (down: %s)', (down) => {
    expect(sorted([null, 1, undefined], (row) => row, down)[0]).toBe(1);
  });

  it('leaves the rows it was given as they are', () => {
    const rows = [2, 1];
    sorted(rows, (row) => row, false);
    expect(rows).toEqual([2, 1]);
  });
});

describe('clicked', () => {
  it('goes up, down and up again, and begins anew on another column', () => {
    const up = clicked(undefined, 'name');
    const down = clicked(up, 'name');
    expect([up.down, down.down, clicked(down, 'name').down, clicked(down, 'at').down]).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });
});
