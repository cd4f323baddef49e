import { expect, it } from 'vitest';
import { ago, moment } from './moments';

const now = Date.parse('2026-12-03T12:00:00Z');

it.each([
  ['2026-12-03T11:59:40Z', 'just now'],
  ['2026-12-03T11:55:00Z', '5 minutes ago'],
  ['2026-12-03T09:00:00Z', '3 hours ago'],
  ['2026-12-02T12:00:00Z', 'yesterday'],
  ['2026-12-05T12:00:00Z', 'in 2 days'],
])('%s reads as %s', (at, words) => {
  expect(ago(at, now)).toBe(words);
});

it('a moment that was not is told so', () => {
  expect(moment(null, 'never')).toBe('never');
});
