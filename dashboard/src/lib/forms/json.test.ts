import { expect, it } from 'vitest';
import { readJson } from './json';

it('JSON that breaks off is told so', () => {
  expect(readJson('{"a": 1')).toHaveProperty('fault');
  expect(readJson('{"a": 1}')).toEqual({ value: { a: 1 } });
});
