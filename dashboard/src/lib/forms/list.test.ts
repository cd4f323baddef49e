import { expect, it } from 'vitest';
import { taken } from './list';

it('what is typed or pasted is taken in, each once', () => {
  expect(taken(['a.test'], ' b.test, a.test\nc.test ,')).toEqual(['a.test', 'b.test', 'c.test']);
});
