import { describe, expect, it } from 'vitest';
import { addressOf, inProject, isHere, visible } from './navigation';
import { allows } from './roles';

const titles = (role: 'viewer' | 'admin', everywhere: boolean, project: string | undefined) =>
  visible((needed) => (needed === 'everywhere' ? everywhere : allows(role, needed)), project).map(
    ({ title }) => title,
  );

describe('the navigation', () => {
  it('hides what a role may not see, and the sections that leaves empty', () => {
    expect(titles('viewer', false, 'shop')).toEqual(['Watch', 'Build']);
    expect(titles('admin', false, 'shop')).toEqual(['Watch', 'Build', 'Project']);
    expect(titles('admin', true, 'shop')).toContain('Installation');
  });

  it('has only the installation’s pages where there is no project', () => {
    expect(titles('admin', true, undefined)).toEqual(['Installation']);
  });

  it('marks the page and those below it, and no other that begins alike', () => {
    const live = inProject[0]!.destinations[1]!;
    expect(addressOf(live, 'shop')).toBe('/p/shop/live');
    expect(isHere(live, 'shop', '/p/shop/live/c1')).toBe(true);
    expect(isHere(live, 'shop', '/p/shop/lively')).toBe(false);
  });
});
