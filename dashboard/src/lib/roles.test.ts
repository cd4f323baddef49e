import { describe, expect, it } from 'vitest';
import { allows, roleIn, type SessionAnswer } from './roles';

const session: SessionAnswer = {
  user: { id: 'u1', email: 'a@b.c', name: 'Ann' },
  everywhere: false,
  projects: [{ id: 'shop', name: 'Shop', role: 'supervisor' }],
  csrf: 'c1',
};

describe('a role', () => {
  it('has all that those before it have, and nothing of those after', () => {
    expect(
      ['viewer', 'supervisor', 'editor', 'admin'].map((needed) => allows('supervisor', needed as 'viewer')),
    ).toEqual([true, true, false, false]);
  });

  it('is none in a project of others, and none when signed out', () => {
    expect(roleIn(session, 'bank')).toBeUndefined();
    expect(roleIn(null, 'shop')).toBeUndefined();
    expect(allows(undefined, 'viewer')).toBe(false);
  });

  it('is admin in every project for an admin of the installation', () => {
    expect(roleIn({ ...session, everywhere: true, projects: [] }, 'bank')).toBe('admin');
  });
});
