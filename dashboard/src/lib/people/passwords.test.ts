import { expect, it } from 'vitest';
import { faultOfPassword, faultOfRepeat } from './passwords';

it('a password is long enough, and the same twice', () => {
  expect(faultOfPassword('short')).toContain('12');
  expect(faultOfPassword('nine larks over Leith')).toBeUndefined();
  expect(faultOfRepeat('a', 'b')).toBeDefined();
  expect(faultOfRepeat('a', 'a')).toBeUndefined();
});
