import { expect, it } from 'vitest';
import { endOf, standing } from './roles';

const now = Date.parse('2026-12-01T00:00:00Z');

it.each([
  [null, 'No end'],
  ['2026-11-01T00:00:00Z', 'Expired'],
  ['2027-06-01T00:00:00Z', 'In use until'],
])('a key that ends at %s stands so: %s', (until, word) => {
  expect(standing(until, now).word).toBe(word);
});

it('a key works to the end of its last day', () => {
  expect(endOf('')).toBeNull();
  expect(new Date(endOf('2027-06-01') ?? '').getHours()).toBe(23);
});
