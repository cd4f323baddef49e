import { describe, expect, it } from 'vitest';
import { differences, same } from './differences';

describe('two versions', () => {
  it('differ in the fields that say something else, told by their paths', () => {
    const mine = { voice: 'heart', web: { domains: ['a.test'], enabled: true } };
    const theirs = { voice: 'bella', web: { domains: ['a.test'], enabled: false }, route: 'quick' };
    expect(differences(mine, theirs)).toEqual([
      { path: 'voice', mine: 'heart', theirs: 'bella' },
      { path: 'web.enabled', mine: 'true', theirs: 'false' },
      { path: 'route', mine: '–', theirs: 'quick' },
    ]);
  });

  it('are the same in any order of fields, but not of a list', () => {
    expect(same({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
    expect(same([1, 2], [2, 1])).toBe(false);
  });
});
