import { expect, it } from 'vitest';
import { measured, words } from './words';

it('a path reads as words', () => {
  expect(words('web.calls_at_once')).toBe('Web › calls at once');
});

it('a threshold is told apart from its unit', () => {
  expect(measured('barge_gate_ms')).toEqual({ title: 'Barge gate', unit: 'milliseconds' });
  expect(measured('interim_words')).toEqual({ title: 'Interim words', unit: '' });
});
