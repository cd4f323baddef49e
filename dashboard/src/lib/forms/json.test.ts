import { expect, it } from 'vitest';
import { readJson } from './json';

it('JSON that breaks off is told so', () => {
  expect(readJson('{"a": 1')).toHaveProperty('fault', expect.stringContaining('at the end'));
  expect(readJson('{"a": }')).toHaveProperty('fault', expect.stringContaining('is missing somewhere'));
  expect(readJson('{\n  "a": x\n}')).toHaveProperty('fault', expect.stringContaining('line 2, column 8'));
  expect(readJson('{"a": 1}')).toEqual({ value: { a: 1 } });
});
