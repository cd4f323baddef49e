import { describe, expect, it } from 'vitest';
import { factsOf, keptFor, rowsOf, shorter } from './facts';

describe('the facts of a project', () => {
  it('come out of their rows as they went in, of whatever kind', () => {
    const facts = {
      hours: '9 to 5',
      zip: '90210',
      tables: 12,
      open: true,
      places: ['Main St', 'Oak Ave'],
      odd: '[x',
    };
    expect(factsOf(rowsOf(facts))).toEqual(facts);
  });

  it('show text as it is, and the rest as JSON', () => {
    expect(rowsOf({ hours: '9 to 5', list: [1] })).toEqual([
      { name: 'hours', value: '9 to 5' },
      { name: 'list', value: '[1]' },
    ]);
  });

  it('have no nameless ones', () => {
    expect(factsOf([{ name: ' ', value: 'x' }])).toEqual({});
  });
});

it('how long something is kept reads as words', () => {
  expect(keptFor(0, 'Kept for good.')).toBe('Kept for good.');
  expect(keptFor(30, '')).toBe('Kept for 30 days.');
});

it('less time than before erases, more or none set does not', () => {
  const kept = { audio_days: 30, transcript_days: 0 };
  expect(shorter({ ...kept, audio_days: 7 }, kept)).toBe(true);
  expect(shorter({ ...kept, transcript_days: 90 }, kept)).toBe(true);
  expect(shorter({ ...kept, audio_days: 60 }, kept)).toBe(false);
  expect(shorter({ ...kept, audio_days: 0 }, kept)).toBe(false);
});
